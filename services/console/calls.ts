import type { Topology } from '../../shared/cluster/topology.ts';

type Style = Topology['style'];

/**
 * Which components a component calls, in each style of interaction. A test compares this table with the components
 * themselves. Components that are not here call nothing.
 */
export const calls: Readonly<Record<string, Readonly<Record<Style, readonly string[]>>>> = {
  client: { 'object-based': ['gateway'], layered: ['gateway'] },
  gateway: { 'object-based': ['app'], layered: ['app'] },
  app: { 'object-based': ['query', 'database', 'ranking', 'html'], layered: ['html', 'database', 'query'] },
  html: { 'object-based': [], layered: ['ranking'] },
  ranking: { 'object-based': [], layered: ['query'] },
  query: { 'object-based': ['database'], layered: ['database'] },
};

/** Components that watch and steer the others: no search needs them. */
export const controlPlane: ReadonlySet<string> = new Set(['monitor', 'chaos', 'console', 'traces']);

/** The node groups, in the order in which a request reaches them. */
export interface Tiers {
  /** From left to right: the groups of each tier. */
  readonly tiers: readonly (readonly string[])[];
  readonly control: readonly string[];
}

/** Pure: the tier of a group is the longest way to it, in calls. A group that nobody calls is in the first tier. */
export function tiersOf({ nodes, style }: Pick<Topology, 'nodes' | 'style'>): Tiers {
  const groups = new Map(nodes.map(({ group, components }) => [group, components]));
  const isControl = (components: readonly string[]) => components.every((name) => controlPlane.has(name));
  const data = [...groups].filter(([, components]) => !isControl(components));
  const below = (components: readonly string[]): readonly string[] =>
    components.flatMap((name) => calls[name]?.[style] ?? []).filter((name) => !components.includes(name));
  const depth = new Map(data.map(([group]) => [group, 0]));
  // A longest path through n groups has at most n steps. The limit also ends the loop when the calls form a cycle.
  for (let round = 0; round < data.length; round++)
    for (const [group, components] of data) {
      const callees = data.filter(([other, its]) => other !== group && below(components).some((c) => its.includes(c)));
      for (const [callee] of callees) depth.set(callee, Math.max(depth.get(callee)!, stepAfter(depth.get(group)!)));
    }
  const tiers: string[][] = [];
  for (const [group, place] of depth) (tiers[place] ??= []).push(group);
  return {
    tiers: tiers.filter((names) => names !== undefined).map((names) => names.toSorted(byRequest)),
    control: [...groups].filter(([, components]) => isControl(components)).map(([group]) => group),
  };

  function stepAfter(place: number): number {
    return Math.min(place + 1, data.length - 1);
  }
}

/** Within a tier: in the order in which an object-based search uses them. */
const order = ['client', 'gateway', 'app', 'query', 'database', 'ranking', 'html'];
const byRequest = (a: string, b: string): number => place(a) - place(b);
const place = (name: string): number => (order.indexOf(name) + order.length + 1) % (order.length + 1);
