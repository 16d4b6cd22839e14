import type { Component } from '../component.ts';
import type { TopologyNode } from '../topology.ts';

/**
 * Nodes in waves: a node starts when everything that its components call is ready. Monitors are first, then the data,
 * then the tiers above. The public doors are last, so that every user who gets in is served.
 */
export function startWaves(
  nodes: readonly TopologyNode[],
  components: Readonly<Record<string, Component>>,
): readonly (readonly TopologyNode[])[] {
  const depths = new Map<string, number>();
  const depth = (name: string): number => {
    const known = depths.get(name);
    if (known !== undefined) return known;
    const callees = Object.keys(components[name]?.calls ?? {});
    const value = callees.length === 0 ? 0 : 1 + Math.max(...callees.map(depth));
    depths.set(name, value);
    return value;
  };
  const waves: TopologyNode[][] = [];
  for (const node of nodes) (waves[Math.max(...node.components.map(depth))] ??= []).push(node);
  return waves.filter((wave) => wave !== undefined);
}
