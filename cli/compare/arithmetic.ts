import { predict } from '../../services/monitor/prediction.ts';
import { nodesHosting, type Topology } from '../../shared/cluster/topology.ts';

/** The calls of one search in the object-based style. The database is called once for each shard. */
const callsOfSearch = [
  ['client', 'gateway'],
  ['gateway', 'app'],
  ['app', 'query'],
  ['app', 'database'],
  ['app', 'ranking'],
  ['app', 'html'],
] as const;

/** What a topology file says about a search, before anything runs. */
export interface Arithmetic {
  /** Calls from one node to another, for one search. */
  readonly hops: number;
  /** The availability of the whole, when each node is up for the share `eachNode` of the time. */
  readonly availability: number;
  readonly stopTheWhole: readonly string[];
}

export function arithmeticOf(topology: Topology, eachNode: number): Arithmetic {
  const { whole, stopTheWhole } = predict(topology, { availabilityOf: () => eachNode });
  return { hops: hopsOfSearch(topology), availability: whole, stopTheWhole };
}

/** A call is a function call where the caller's node hosts the component, and the shard, that it calls. */
function hopsOfSearch(topology: Topology): number {
  return callsOfSearch.reduce((sum, [caller, callee]) => {
    const callers = nodesHosting(topology, caller);
    const shards = callee === 'database' ? Array.from({ length: topology.shards }, (_, i) => i + 1) : [undefined];
    const remote = callers.flatMap(({ components, shard: own }) =>
      shards.filter((shard) => !components.includes(callee) || (shard !== undefined && own !== shard)),
    );
    return sum + remote.length / callers.length;
  }, 0);
}
