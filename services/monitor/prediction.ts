import { partsOf, replicaGroup, type Topology, type TopologyNode } from '../../shared/cluster/topology.ts';
import { chancesOf } from './availability.ts';
import { control } from './availability-report.ts';

export interface PredictionOptions {
  /** The probability that a node is up. */
  readonly availabilityOf: (node: string) => number;
  /**
   * The share of each node's failures that has a cause in common with all replicas of its group: one wrong release, one
   * power supply. From 0, where all failures are independent, to 1.
   */
  readonly commonCause?: number;
  /** How many replicas of a component must be up, by its name; 1 where absent. */
  readonly needed?: Readonly<Record<string, number>>;
}

export interface PredictedService {
  readonly name: string;
  /** The number of shards; 1 for all components without shards. */
  readonly parts: number;
  /** The replicas of each part; if the parts differ, those of the smallest one. */
  readonly replicas: number;
  readonly needed: number;
  readonly predicted: number;
}

export interface AvailabilityPrediction {
  readonly services: readonly PredictedService[];
  /** The probability that everything that users need is up at the same time. */
  readonly whole: number;
  /** The nodes whose failure alone stops the whole. */
  readonly stopTheWhole: readonly string[];
}

/** More combinations than this take too long to add up. */
const mostCombinations = 2_000_000;

/** The nodes that can answer for one part of a component, and how many of them must be up. */
interface Requirement {
  readonly component: string;
  readonly needed: number;
  readonly nodes: readonly TopologyNode[];
}

/**
 * Pure: the availability that a topology promises. Replicas are in parallel: 1 - (1 - a)^n, or k of n. The components
 * that a request needs are in series, so their availabilities would be multiplied. But components of one node fail
 * together, so the product would be wrong. Therefore the result is a sum. A combination says, for each replica group,
 * how many of its nodes are up. The sum adds the probabilities of all combinations that suffice. Standbys are not
 * counted: they shorten the time to repair.
 *
 *   client x gateway x app x query x (shard 1 x shard 2) x ranking x html       series
 *                                      |
 *                        1 - (1 - a)(1 - a)(1 - a)                              parallel
 */
export function predict(topology: Topology, options: PredictionOptions): AvailabilityPrediction {
  const components = [...new Set(topology.nodes.flatMap((node) => node.components))];
  const requirementsOf = (component: string): Requirement[] =>
    partsOf(topology, component).map((nodes) => ({ component, needed: options.needed?.[component] ?? 1, nodes }));
  const everything = components.filter((name) => !control.has(name)).flatMap(requirementsOf);
  return {
    services: components.map((name) => {
      const parts = requirementsOf(name);
      return {
        name,
        parts: parts.length,
        replicas: Math.min(...parts.map(({ nodes }) => nodes.length)),
        needed: options.needed?.[name] ?? 1,
        predicted: chanceOfAll(parts, options),
      };
    }),
    whole: chanceOfAll(everything, options),
    stopTheWhole: topology.nodes
      .filter(({ id }) =>
        everything.some(({ nodes, needed }) => nodes.some((node) => node.id === id) && nodes.length - 1 < needed),
      )
      .map(({ id }) => id),
  };
}

/** The probability that all requirements hold at once. */
function chanceOfAll(requirements: readonly Requirement[], options: PredictionOptions): number {
  const nodes = [...new Set(requirements.flatMap((requirement) => requirement.nodes))];
  const groups = [...Map.groupBy(nodes, replicaGroup)].map(([name, members]) => ({
    name,
    chances: withCommonCause(members, options),
  }));
  const combinations = groups.reduce((product, { chances }) => product * chances.length, 1);
  if (combinations > mostCombinations)
    throw new RangeError(`${groups.length} replica groups have too many combinations to add up: ${combinations}`);

  const groupsOf = requirements.map(({ needed, nodes: hosts }) => ({
    needed,
    groups: new Set(hosts.map(replicaGroup)),
  }));
  let sum = 0;
  const up = new Map<string, number>();
  const combine = (at: number, chance: number): void => {
    const group = groups[at];
    if (group) {
      for (const [count, p] of group.chances.entries()) {
        up.set(group.name, count);
        if (p > 0) combine(at + 1, chance * p);
      }
    } else if (groupsOf.every(({ needed, groups: hosts }) => sumOf([...hosts].map((name) => up.get(name)!)) >= needed))
      sum += chance;
  };
  combine(0, 1);
  return sum;
}

/** The probability of each number of nodes that are up, from none to all. */
function withCommonCause(
  members: readonly TopologyNode[],
  { availabilityOf, commonCause = 0 }: PredictionOptions,
): readonly number[] {
  const down = members.map(({ id }) => 1 - availabilityOf(id));
  const allAtOnce = (commonCause * sumOf(down)) / members.length;
  return chancesOf(down.map((p) => 1 - p * (1 - commonCause))).map(
    (p, count) => p * (1 - allAtOnce) + (count === 0 ? allAtOnce : 0),
  );
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0);
