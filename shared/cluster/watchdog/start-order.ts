import type { Component } from '../component.ts';
import { resolvePolicy, type Policy } from '../../rpc/policy.ts';
import { controlPlane } from '../control-plane.ts';
import { isStarted, nodesHosting, type Topology, type TopologyNode } from '../topology.ts';

/**
 * The nodes that start, in two parts. A search needs only the first part: one node of each group and shard, and no
 * control plane. So users can search before the second part has loaded its code.
 *
 * The second part is empty in two cases. Without a monitor, no caller would hear of the second part. With a vote on
 * every call, one replica of each group is too few.
 */
export function startParts(
  topology: Topology,
  nodes: readonly TopologyNode[],
): readonly [first: readonly TopologyNode[], second: readonly TopologyNode[]] {
  const started = nodes.filter(isStarted);
  if (nodesHosting(topology, 'monitor').length === 0 || votesAlways(resolvePolicy(topology.policy)))
    return [started, []];
  const groups = new Set<string>();
  const first = started.filter(({ components, shard, standby }) => {
    const group = `${String(components)}/${shard}`;
    if (standby !== undefined || groups.has(group) || components.every((it) => controlPlane.has(it))) return false;
    groups.add(group);
    return true;
  });
  return [first, started.filter((node) => !first.includes(node))];
}

const votesAlways = ({ quorum }: Policy): boolean =>
  quorum !== false && [quorum, ...Object.values(quorum.operations)].some(({ when }) => when === 'always');

/**
 * Nodes in waves: a node starts when everything that its components call is ready. Monitors are first, then the data,
 * then the tiers above. The public doors are last, so that every user who gets in is served.
 */
export function startWaves(
  nodes: readonly TopologyNode[],
  components: Readonly<Record<string, Component>>,
): readonly (readonly TopologyNode[])[] {
  const depths = new Map<string, number>();
  const depth = (component: string): number =>
    depths.getOrInsertComputed(component, (name) => {
      const callees = Object.keys(components[name]?.calls ?? {});
      return callees.length === 0 ? 0 : 1 + Math.max(...callees.map(depth));
    });
  const waves: TopologyNode[][] = [];
  for (const node of nodes) (waves[Math.max(...node.components.map(depth))] ??= []).push(node);
  return waves.filter((wave) => wave !== undefined);
}
