import { type PlacedRelation, relationsByArithmetic } from '../../services/console/architecture/arithmetic.ts';
import { predict } from '../../services/monitor/prediction.ts';
import type { Style } from '../../search/making.ts';
import type { Topology } from '../../shared/cluster/topology.ts';

/** What a topology file says about a search, before anything runs. */
export interface Arithmetic {
  /** Calls from one node to another, for one search. */
  readonly hops: Readonly<Record<Style, number>>;
  /** Who calls whom in one search. */
  readonly relations: Readonly<Record<Style, readonly PlacedRelation[]>>;
  /** The availability of the whole, when each node is up for the share `eachNode` of the time. */
  readonly availability: number;
  readonly stopTheWhole: readonly string[];
}

export function arithmeticOf(topology: Topology, eachNode: number): Arithmetic {
  const { whole, stopTheWhole } = predict(topology, { availabilityOf: () => eachNode });
  const relations = {
    'object-based': relationsByArithmetic(topology, 'object-based'),
    layered: relationsByArithmetic(topology, 'layered'),
  };
  const hopsOf = (style: Style): number => relations[style].reduce((sum, { acrossNodes }) => sum + acrossNodes, 0);
  const hops = { 'object-based': hopsOf('object-based'), layered: hopsOf('layered') };
  return { hops, relations, availability: whole, stopTheWhole };
}
