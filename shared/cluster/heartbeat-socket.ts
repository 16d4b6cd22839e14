import { createSocket, type Socket, type SocketOptions } from 'node:dgram';
import { lookup as systemLookup } from 'node:dns';
import { isIPv4 } from 'node:net';
import type { Logger } from 'pino';
import type { Address } from '../rpc/call.ts';
import type { Clock } from '../time/clock.ts';
import { furtherAddresses } from './further-addresses.ts';
import type { TopologyNode } from './topology.ts';

type Lookup = NonNullable<SocketOptions['lookup']>;

/** A name is looked up again after this time, ms: a replaced container has another address. */
const nameLifeMs = 5_000;

/**
 * After this many datagrams without an answer, a node tries its next route to the monitor. Datagrams that ask for no
 * answer do not count.
 */
const maxUnanswered = 4;

export interface HeartbeatSocket {
  /** `asks`: the monitor is to answer the datagram. */
  readonly send: (monitor: string, datagram: Uint8Array, asks: boolean) => void;
  readonly close: () => void;
}

export interface HeartbeatSocketOptions {
  readonly monitors: readonly TopologyNode[];
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
  readonly onMessage: (datagram: Uint8Array) => void;
}

/**
 * A node's socket to the monitors, on a port that the system chooses. Answers return to this socket. So two processes
 * that share one identity do not get each other's answers. The socket does not keep the process alive.
 */
export function openHeartbeatSocket({ monitors, clock, log, onMessage }: HeartbeatSocketOptions): HeartbeatSocket {
  const ways = new Map(monitors.map((node) => [node.id, waysTo(node)]));
  const unanswered = new Map<string, number>();
  const socket = createSocket({ type: 'udp4', lookup: cachedLookup(clock) });
  socket.unref();
  socket.on('error', (err) => log.warn({ err }, 'the socket for heartbeats failed'));
  socket.on('message', (datagram, { port }) => {
    for (const [monitor, addresses] of ways)
      if (addresses.some((address) => address.port === port)) unanswered.set(monitor, 0);
    onMessage(datagram);
  });
  let closed = false;
  return {
    send(monitor, datagram, asks) {
      if (closed) return;
      const addresses = ways.get(monitor)!;
      const count = unanswered.get(monitor) ?? 0;
      if (asks) unanswered.set(monitor, count + 1);
      const { host, port } = addresses[Math.floor(count / maxUnanswered) % addresses.length]!;
      // A datagram that cannot be sent counts as lost.
      socket.send(datagram, port, host, ignore);
    },
    close() {
      closed = true;
      socket.close();
    },
  };
}

const ignore = (): void => undefined;

/** A relay carries connections, not datagrams. */
function waysTo({ host, port, routes = [] }: TopologyNode): readonly Address[] {
  const direct = routes.filter(({ relayed }) => !relayed);
  return direct.length > 0 ? direct : [{ host, port }];
}

function cachedLookup(clock: Clock): Lookup {
  const known = new Map<string, { readonly address: string; readonly at: number }>();
  return (host, _options, callback) => {
    if (isIPv4(host)) return callback(null, host, 4);
    const cached = known.get(host);
    if (cached && clock.now() - cached.at < nameLifeMs) return callback(null, cached.address, 4);
    systemLookup(host, 4, (error, address) => {
      if (!error) known.set(host, { address, at: clock.now() });
      callback(error, address, 4);
    });
  };
}

/** A monitor's sockets: UDP at its data port and at its further addresses. */
export async function listenForHeartbeats(
  node: TopologyNode,
  options: {
    readonly bindHost: string;
    /** A twin shares the ports of its node. */
    readonly reusePort: boolean;
    readonly log: Logger;
    readonly onMessage: (datagram: Uint8Array, answer: (datagram: Uint8Array) => void) => void;
  },
): Promise<{ readonly close: () => void }> {
  const { bindHost, reusePort, log, onMessage } = options;
  const addresses = [{ host: bindHost, port: node.port }, ...furtherAddresses(node, bindHost)];
  const sockets = await Promise.all(
    addresses.map(async ({ host, port }) => {
      const socket = createSocket({ type: 'udp4', reusePort });
      socket.on('message', (datagram, from) =>
        onMessage(datagram, (answer) => socket.send(answer, from.port, from.address, ignore)),
      );
      await bound(socket, host, port);
      socket.on('error', (err) => log.warn({ err, port }, 'the socket for heartbeats failed'));
      socket.unref();
      return socket;
    }),
  );
  return { close: () => sockets.forEach((socket) => socket.close()) };
}

function bound(socket: Socket, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ address, port, exclusive: true }, () => {
      socket.off('error', reject);
      resolve();
    });
  });
}
