import { furtherAddresses } from '../shared/cluster/further-addresses.ts';
import type { Topology, TopologyNode } from '../shared/cluster/topology.ts';
import type { TakenPort, WantedPort } from '../shared/cluster/watchdog/port-check.ts';

export interface WantedPorts {
  readonly ports: readonly WantedPort[];
  /** Who wants each port: `the watchdog`, or a node. */
  readonly ownerOf: ReadonlyMap<number, string>;
}

/** `TCP port 7101 (app-1) is taken at 127.0.0.1 by process 5 (nc -l), and 2 more ports are taken`. */
export function takenInWords(taken: readonly TakenPort[], ownerOf: ReadonlyMap<number, string>): string {
  const { protocol, port, host, pid, command } = taken[0]!;
  const holder = pid === undefined ? 'another process' : `process ${pid} (${command?.slice(0, 80)})`;
  const others = new Set(taken.map((it) => it.port)).size - 1;
  const more = others === 0 ? '' : `, and ${others} more ${others === 1 ? 'port is' : 'ports are'} taken`;
  return `${protocol} port ${port} (${ownerOf.get(port)}) is taken at ${host} by ${holder}${more}`;
}

/** A port base far from the default and from this one, so that two clusters can run side by side. */
export const otherPortBase = (portBase: number): number => (portBase === 20_000 ? 22_000 : 20_000);

/** Every port at which the watchdog and `nodes` listen when their cluster runs. */
export function wantedPorts(topology: Topology, nodes: readonly TopologyNode[], host: string): WantedPorts {
  const ownerOf = new Map<number, string>([[topology.watchdogPort, 'the watchdog']]);
  for (const node of nodes)
    for (const port of [
      node.port,
      node.publicPort,
      node.opsPort,
      ...Object.values(node.doors),
      ...furtherAddresses(node, host).map((address) => address.port),
    ])
      ownerOf.set(port, node.id);
  // Monitors receive heartbeats as datagrams at their data ports.
  const datagramPorts = nodes
    .filter(({ components }) => components.includes('monitor'))
    .flatMap((node) => [node.port, ...furtherAddresses(node, host).map(({ port }) => port)]);
  return {
    ports: [
      ...[...ownerOf.keys()].map((port) => ({ port, protocol: 'TCP' as const })),
      ...datagramPorts.map((port) => ({ port, protocol: 'UDP' as const })),
    ],
    ownerOf,
  };
}
