import type { Topology } from '../../shared/cluster/topology.ts';
import { controlPlane } from '../../shared/cluster/control-plane.ts';
import { contracts } from './contracts.ts';

/** The node groups, in the order in which a request reaches them. */
export interface Tiers {
  /** From left to right: the groups of each tier. */
  readonly tiers: readonly (readonly string[])[];
  readonly control: readonly string[];
  /** Which group calls which, by the contracts of their components. */
  readonly relations: readonly { readonly from: string; readonly to: string }[];
}

/** Pure: the tier of a group is the longest way to it, in calls. A group that nobody calls is in the first tier. */
export function tiersOf({ nodes, style }: Pick<Topology, 'nodes' | 'style'>): Tiers {
  const groups = new Map(nodes.map(({ group, components }) => [group, components]));
  const isControl = (components: readonly string[]) => components.every((name) => controlPlane.has(name));
  const data = [...groups].filter(([, components]) => !isControl(components));
  const below = (components: readonly string[]): readonly string[] =>
    components.flatMap((name) => contracts.get(name)?.calls[style] ?? []).filter((name) => !components.includes(name));
  const relations = data.flatMap(([from, components]) => {
    const called = below(components);
    return data.flatMap(([to, its]) =>
      to !== from && its.some((name) => called.includes(name)) ? [{ from, to }] : [],
    );
  });
  const depth = new Map(data.map(([group]) => [group, 0]));
  // A longest path through n groups has at most n steps. The limit also ends the loop when the calls form a cycle.
  for (let round = 0; round < data.length; round++)
    for (const { from, to } of relations)
      depth.set(to, Math.max(depth.get(to)!, Math.min(depth.get(from)! + 1, data.length - 1)));
  const tiers: string[][] = [];
  for (const [group, place] of depth) (tiers[place] ??= []).push(group);
  return {
    tiers: tiers.filter((names) => names !== undefined).map((names) => names.toSorted(byRequest)),
    control: [...groups].filter(([, components]) => isControl(components)).map(([group]) => group),
    relations,
  };
}

/**
 * The order of groups within a tier. A group with the name of a component has the place of this component in an
 * object-based search. Groups with other names come last.
 */
const order = [...contracts.keys()];
const byRequest = (a: string, b: string): number => place(a) - place(b);
const place = (name: string): number => (order.indexOf(name) + order.length + 1) % (order.length + 1);
