import type { Style } from '../../../search/making.ts';
import { nodesHosting, type Topology } from '../../../shared/cluster/topology.ts';

/** A relation of two components in one search, computed from the placement alone. */
export interface PlacedRelation {
  readonly caller: string;
  readonly callee: string;
  readonly perSearch: number;
  /** Calls from one node to another. */
  readonly acrossNodes: number;
}

/** Who calls whom in one search, in the order of the calls. */
const callsOfSearch: Readonly<Record<Style, readonly (readonly [caller: string, callee: string])[]>> = {
  'object-based': [
    ['client', 'gateway'],
    ['gateway', 'app'],
    ['app', 'query'],
    ['app', 'database'],
    ['app', 'ranking'],
    ['app', 'html'],
  ],
  layered: [
    ['client', 'gateway'],
    ['gateway', 'app'],
    ['app', 'html'],
    ['html', 'ranking'],
    ['ranking', 'query'],
    ['query', 'database'],
  ],
};

/**
 * The calls of one search by arithmetic. The database is called once for each shard. If the caller's node itself
 * hosts the called component with the called shard, the call is a function call.
 */
export function relationsByArithmetic(topology: Topology, style: Style): readonly PlacedRelation[] {
  return callsOfSearch[style].map(([caller, callee]) => {
    const callers = nodesHosting(topology, caller);
    const shards = callee === 'database' ? Array.from({ length: topology.shards }, (_, i) => i + 1) : [undefined];
    const remote = callers.flatMap(({ components, shard: own }) =>
      shards.filter((shard) => !components.includes(callee) || (shard !== undefined && own !== shard)),
    );
    return { caller, callee, perSearch: shards.length, acrossNodes: remote.length / callers.length };
  });
}
