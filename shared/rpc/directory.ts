import type { Endpoint } from './call.ts';

/**
 * Finds the nodes for a component. The topology says which nodes should serve it. The view says which of these nodes
 * can serve it now (shared/cluster/directory.ts).
 */
export interface Directory {
  readonly endpoints: (component: string, shard?: number) => readonly Endpoint[];
  /** One given node, whatever its state; undefined when the topology has no node with this id. */
  readonly node: (id: string) => Endpoint | undefined;
}
