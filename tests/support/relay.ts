import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP relay. Redundant routes go over it, and a test can cut it or read its traffic. */
export interface Relay {
  readonly port: number;
  /** Connections accepted so far. */
  readonly connections: () => number;
  /** The bytes that passed, in both directions. */
  readonly seen: () => Buffer;
  /** Cuts every connection and stops listening. Idempotent. */
  readonly close: () => Promise<void>;
}

/** Listens at `port` (0 = any) of loopback and forwards everything to `target`, a port of loopback. */
export async function relay(port: number, target: number): Promise<Relay> {
  const open = new Set<Socket>();
  const chunks: Buffer[] = [];
  let connections = 0;
  const server = createServer((inbound) => {
    connections++;
    const outbound = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [inbound, outbound],
      [outbound, inbound],
    ] as const) {
      open.add(from);
      from.on('data', (chunk: Buffer) => chunks.push(chunk));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  let closing: Promise<void> | undefined;
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    seen: () => Buffer.concat(chunks),
    close: () =>
      (closing ??= new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      })),
  };
}
