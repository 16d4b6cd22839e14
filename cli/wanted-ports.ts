import { furtherAddresses } from '../shared/cluster/further-addresses.ts';
import type { Topology, TopologyNode } from '../shared/cluster/topology.ts';
import type { WantedPort } from '../shared/cluster/watchdog/port-check.ts';

export interface WantedPorts {
  readonly ports: readonly WantedPort[];
  /** Who wants each port: `the watchdog`, or a node. */
  readonly ownerOf: ReadonlyMap<number, string>;
}

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
