import { controlPlane } from './control-plane.ts';
import { blockedPorts, portAllocator } from './ports.ts';
import type { Topology, TopologyNode } from './topology.ts';

/** The difference between two topologies: the nodes to add and to remove while users search. */
export interface TopologyChange {
  /** The wanted topology; every node that stays keeps its addresses. */
  readonly next: Topology;
  readonly added: readonly TopologyNode[];
  readonly removed: readonly TopologyNode[];
  /** Why the change cannot be made while users search, one sentence for each reason; empty if it can be made. */
  readonly problems: readonly string[];
}

const doors = ['client', 'gateway'];

/** Pure. `running`: the topology of a running cluster. `wanted`: the topology of a file, with the file's addresses. */
export function changeOf(running: Topology, wanted: Topology): TopologyChange {
  const known = new Map(running.nodes.map((node) => [node.id, node]));
  const place = placesBeside(running);
  const nodes = wanted.nodes.map((node) => {
    const old = known.get(node.id);
    return old ? { ...node, ...addressOf(old) } : place(node);
  });
  const stays = new Set(nodes.map(({ id }) => id));
  const added = nodes.filter(({ id }) => !known.has(id));
  const removed = running.nodes.filter(({ id }) => !stays.has(id));
  return {
    next: { ...wanted, nodes },
    added,
    removed,
    problems: [
      ...settings(running, wanted),
      ...wanted.nodes.flatMap((node) => replaced(known.get(node.id), node)),
      ...added.flatMap((node) => fixed(node, 'added')),
      ...removed.flatMap((node) => [...fixed(node, 'removed'), ...closedDoor(node)]),
    ],
  };
}

function settings(running: Topology, wanted: Topology): string[] {
  const differs = (what: 'style' | 'shards' | 'tls' | 'policy') =>
    JSON.stringify(running[what]) !== JSON.stringify(wanted[what]);
  return [
    ...(differs('shards')
      ? [`the number of shards would change from ${running.shards} to ${wanted.shards}: every page would have to move`]
      : []),
    ...(differs('style') ? ['each node read the style when it started; ?style= chooses it for one search'] : []),
    ...(differs('tls') ? ['nodes with TLS and nodes without it do not understand each other'] : []),
    ...(differs('policy') ? ['"tierlab policy" changes the policy of a running cluster'] : []),
    ...(running.tls ? ['new nodes would have no certificate'] : []),
  ];
}

/** A node that keeps its id must keep its work and routes: callers cannot tell the old process from the new one. */
function replaced(old: TopologyNode | undefined, wanted: TopologyNode): string[] {
  if (!old) return [];
  const { id, group } = wanted;
  const work = (it: TopologyNode) => JSON.stringify([it.components.toSorted(), it.shard, it.standby]);
  const other = work(old) !== work(wanted) ? 'work' : routesFrom(old) !== routesFrom(wanted) ? 'routes' : undefined;
  if (other === undefined) return [];
  const advice = `Give the group ${group} another name: then new nodes start before the old ones stop`;
  return [`${id} would get other ${other}. ${advice}`];
}

/**
 * The routes to a node, relative to its own host and port. So the routes of a running node can be compared with those
 * of a file, which has other ports.
 */
function routesFrom({ host, port, routes = [] }: TopologyNode): string {
  return JSON.stringify(routes.map((it) => [it.host === host ? '' : it.host, it.port - port, it.relayed]));
}

function fixed({ id, components }: TopologyNode, how: 'added' | 'removed'): string[] {
  const part = components.find((name) => controlPlane.has(name));
  return part ? [`${id} would be ${how}: every node learns at its start where ${part} is`] : [];
}

function closedDoor({ id, components }: TopologyNode): string[] {
  const door = components.find((name) => doors.includes(name));
  return door ? [`${id} would be removed: users at its public port would find it closed`] : [];
}

const addressOf = ({ host, port, publicPort, opsPort, doors, routes }: TopologyNode) => ({
  host,
  port,
  publicPort,
  opsPort,
  doors,
  ...(routes && { routes }),
});

const portsOf = ({ port, publicPort, opsPort, doors, routes = [] }: TopologyNode): readonly number[] => [
  port,
  publicPort,
  opsPort,
  ...Object.values(doors),
  ...routes.map((route) => route.port),
];

/** Gives new nodes the first ports that no node of the running cluster has. */
function placesBeside({ nodes, watchdogPort, tls }: Topology): (node: TopologyNode) => TopologyNode {
  const taken = new Set([watchdogPort, ...nodes.flatMap(portsOf)]);
  return (node) => {
    const allocate = portAllocator(watchdogPort, tls);
    for (;;) {
      const ports = allocate(node.components);
      const routes = node.routes?.map((route) => ({ ...route, port: route.port - node.port + ports.port }));
      const placed = { ...node, ...ports, ...(routes && { routes }) };
      if (portsOf(placed).some((port) => taken.has(port) || blockedPorts.has(port))) continue;
      for (const port of portsOf(placed)) taken.add(port);
      return placed;
    }
  };
}
