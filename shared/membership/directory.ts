import { nodesHosting, type Topology, type TopologyNode } from '../cluster/topology.ts';
import type { Endpoint } from '../rpc/call.ts';
import type { View } from './view.ts';

/** Answers "who can serve this?" from the topology (who should) and the view (who can). */
export interface Directory {
  readonly endpoints: (component: string, shard?: number) => readonly Endpoint[];
  /** One certain node, whatever its state; undefined when the topology has none of this id. */
  readonly node: (id: string) => Endpoint | undefined;
}

/**
 * Members that the view calls alive; where it calls none of them alive, every member that is not leaving: a view that rules
 * everybody out is more likely wrong than right. Without a view, the topology alone decides.
 */
export function createDirectory(topology: Topology, view: () => View | undefined): Directory {
  const placed = new Map<string, readonly Endpoint[]>();
  let seen: View | undefined;
  let usable = new Map<string, readonly Endpoint[]>();

  function hosts(component: string, shard: number | undefined, key: string): readonly Endpoint[] {
    let endpoints = placed.get(key);
    if (!endpoints) {
      endpoints = nodesHosting(topology, component, shard).map(endpointOf);
      placed.set(key, endpoints);
    }
    return endpoints;
  }

  return {
    endpoints(component, shard) {
      const current = view();
      if (current !== seen) {
        seen = current;
        usable = new Map();
      }
      const key = shard === undefined ? component : `${component}/${shard}`;
      let endpoints = usable.get(key);
      if (!endpoints) {
        endpoints = usableEndpoints(hosts(component, shard, key), current);
        usable.set(key, endpoints);
      }
      return endpoints;
    },
    node(id) {
      const node = topology.nodes.find((node) => node.id === id);
      return node && endpointOf(node);
    },
  };
}

/** A node with all ways to it, the preferred one first. */
function endpointOf({ id, host, port, routes = [] }: TopologyNode): Endpoint {
  const [first = { host, port }, ...more] = routes;
  const alternates = more.map(({ host, port }) => ({ host, port }));
  return { node: id, host: first.host, port: first.port, ...(alternates.length > 0 && { alternates }) };
}

/** Pure: which of `endpoints` to use under `view`. */
export function usableEndpoints(endpoints: readonly Endpoint[], view: View | undefined): readonly Endpoint[] {
  if (!view) return endpoints;
  const states = new Map(view.members.map((member) => [member.node, member.state]));
  const alive = endpoints.filter(({ node }) => states.get(node) === 'alive');
  if (alive.length > 0) return alive;
  const staying = endpoints.filter(({ node }) => states.get(node) !== 'draining');
  return staying.length > 0 ? staying : endpoints;
}
