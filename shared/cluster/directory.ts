import type { MemberState, View } from '../membership/view.ts';
import type { Endpoint } from '../rpc/call.ts';
import type { Directory } from '../rpc/directory.ts';
import { nodesHosting, type Topology, type TopologyNode } from './topology.ts';

/**
 * The directory returns the nodes that are alive in the view. If no node is alive, the view is probably wrong. Then the
 * directory returns the starting, suspect and dead nodes. If there are no such nodes, the directory tries the draining
 * nodes, the quarantined nodes and the standbys, in this order.
 *
 * Before the first view, the directory returns the nodes in `ready`. If `ready` names none of the nodes, the directory
 * returns all nodes of the topology except the standbys and the idle places.
 */
export function createDirectory(
  current: () => Topology,
  view: () => View | undefined,
  ready: () => readonly string[] | undefined = () => undefined,
): Directory {
  const standbysOf = ({ nodes }: Topology) =>
    new Set(nodes.filter(({ standby, idle }) => standby !== undefined || idle).map(({ id }) => id));
  let topology = current();
  let placed = new Map<string, readonly Endpoint[]>();
  let standbys = standbysOf(topology);
  let seen: View | undefined;
  let open = ready();
  let usable = new Map<string, readonly Endpoint[]>();

  const hosts = (component: string, shard: number | undefined, key: string): readonly Endpoint[] =>
    placed.getOrInsertComputed(key, () => nodesHosting(topology, component, shard).map(endpointOf));

  /**
   * Returns the endpoints that `ready` names, because the other nodes may not have loaded their code yet. If `ready`
   * names none of them, returns all endpoints.
   */
  function opened(endpoints: readonly Endpoint[]): readonly Endpoint[] {
    const those = endpoints.filter(({ node }) => open?.includes(node));
    return those.length > 0 ? those : endpoints;
  }

  /** Nodes were added or removed (`tierlab apply`). */
  function follow(next: Topology): void {
    topology = next;
    placed = new Map();
    usable = new Map();
    standbys = standbysOf(next);
  }

  return {
    endpoints(component, shard) {
      if (current() !== topology) follow(current());
      const newest = view();
      if (newest !== seen || ready() !== open) {
        seen = newest;
        open = ready();
        usable = new Map();
      }
      const key = shard === undefined ? component : `${component}/${shard}`;
      return usable.getOrInsertComputed(key, () => {
        const all = hosts(component, shard, key);
        // Before the first view no standby is promoted.
        return newest
          ? withIncarnations(usableEndpoints(all, newest), newest)
          : opened(all.filter(({ node }) => !standbys.has(node)));
      });
    },
    node(id) {
      const node = current().nodes.find((node) => node.id === id);
      return node && endpointOf(node);
    },
  };
}

/** A node with all its routes, the preferred one first. */
function endpointOf({ id, host, port, routes = [] }: TopologyNode): Endpoint {
  const [first = { host, port }, ...more] = routes;
  const alternates = more.map(({ host, port }) => ({ host, port }));
  return { node: id, host: first.host, port: first.port, ...(alternates.length > 0 && { alternates }) };
}

function withIncarnations(endpoints: readonly Endpoint[], { members }: View): readonly Endpoint[] {
  const incarnations = new Map(members.map(({ node, incarnation }) => [node, incarnation]));
  return endpoints.map((endpoint) => {
    const incarnation = incarnations.get(endpoint.node);
    return incarnation === undefined ? endpoint : { ...endpoint, incarnation };
  });
}

/** One process of a node, which will stop soon. */
export interface LeavingProcess {
  readonly node: string;
  readonly incarnation: number;
}

/** Pure: whether `view` says that this process is leaving, or dead. A view about an earlier process does not count. */
export function saysLeaving(view: View | undefined, { node, incarnation }: LeavingProcess): boolean {
  const member = view?.members.find((it) => it.node === node);
  if (member === undefined || member.incarnation < incarnation) return false;
  return member.state === 'draining' || member.state === 'dead';
}

const lastResorts: readonly (readonly (MemberState | undefined)[])[] = [
  ['draining', 'quarantined', 'standby'],
  ['quarantined', 'standby'],
  ['standby'],
];

/** Pure: which of `endpoints` to use under `view`. */
export function usableEndpoints(endpoints: readonly Endpoint[], view: View | undefined): readonly Endpoint[] {
  if (!view) return endpoints;
  const states = new Map(view.members.map((member) => [member.node, member.state]));
  const alive = endpoints.filter(({ node }) => states.get(node) === 'alive');
  if (alive.length > 0) return alive;
  // From the worst to the least bad: a standby refuses, a quarantined node may lie, a draining node may be slow.
  for (const avoided of lastResorts) {
    const left = endpoints.filter(({ node }) => !avoided.includes(states.get(node)));
    if (left.length > 0) return left;
  }
  return endpoints;
}
