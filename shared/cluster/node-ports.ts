import type { RequestListener, Server as HttpServer } from 'node:http';
import type { Server } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { IdentitySource } from '../security/identity-source.ts';
import type { Contract } from '../rpc/contract.ts';
import type { Upstream } from '../rpc/upstream.ts';
import type { Running } from './component.ts';
import { createDataPort } from './data-port.ts';
import { close, listen } from './listen.ts';
import { publicPortOf } from './ports.ts';
import type { ListenerSwitch, ListenOptions } from './listener-switch.ts';
import { furtherAddresses } from './further-addresses.ts';
import type { TopologyNode } from './topology.ts';

interface NodePortsOptions {
  readonly node: TopologyNode;
  readonly bindHost: string;
  readonly chaosEnabled: boolean;
  readonly identity: IdentitySource | undefined;
  readonly listeners: ListenerSwitch;
  readonly log: Logger;
  /** Further names by which people reach this machine. */
  readonly hosts: readonly string[] | undefined;
}

/** The ports where a node can be called: its data port, its public ports, and its further addresses. */
export function createNodePorts({ node, bindHost, chaosEnabled, identity, listeners, log, hosts }: NodePortsOptions) {
  const opened: (HttpServer | FastifyInstance)[] = [];

  async function openDataPort(onRpc: RequestListener, address: ListenOptions): Promise<void> {
    const port = identity
      ? (await import('./tls-port.ts')).createTlsPort(onRpc, identity)
      : createDataPort(onRpc, undefined, hosts);
    await listen(port, address);
    opened.push(port);
    listeners.add(port, address);
  }

  return {
    async open(
      onRpc: RequestListener,
      running: ReadonlyMap<string, Running>,
      entrance: (component: string) => Upstream<Contract>,
    ): Promise<void> {
      for (const [port, names] of portPlan(node)) {
        const onPort = port === node.port ? onRpc : undefined;
        const address = dataAddress(port, bindHost, chaosEnabled);
        const open = names.filter((name) => running.get(name)!.routes !== undefined);
        if (open.length === 0) {
          if (onPort) await openDataPort(onPort, address);
          continue;
        }
        const { createDoor } = await import('./door.ts');
        const door = createDoor(log, onPort, hosts);
        for (const name of open) await running.get(name)!.routes!(door, entrance(name));
        await door.listen(address);
        opened.push(door);
        listeners.add(door.server, address);
      }
      for (const { host, port } of furtherAddresses(node, bindHost))
        await openDataPort(onRpc, dataAddress(port, host, chaosEnabled));
    },
    servers: (): readonly Server[] => opened.map((it) => ('register' in it ? it.server : it)),
    /** Resolves when the requests in progress are answered. */
    async close(): Promise<void> {
      await Promise.all(opened.map(close));
    },
  };
}

/** A twin shares the ports of its node. Where twins are impossible, a port in use is an error. */
export const sharesPorts = (chaosEnabled: boolean): boolean => chaosEnabled && process.platform === 'linux';

function dataAddress(port: number, host: string, chaosEnabled: boolean): ListenOptions {
  return { port, host, ...(sharesPorts(chaosEnabled) ? { reusePort: true } : {}) };
}

/**
 * The port of each component's public routes: its own public port, else the data port, or with TLS a port beside it.
 */
function portPlan(node: TopologyNode): Map<number, string[]> {
  const plan = new Map<number, string[]>([[node.port, []]]);
  for (const name of node.components) {
    const port = publicPortOf(node, name);
    plan.set(port, [...(plan.get(port) ?? []), name]);
  }
  return plan;
}
