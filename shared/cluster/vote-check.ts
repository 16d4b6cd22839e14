import type { Policy } from '../rpc/policy.ts';
import type { TopologyNode } from './topology.ts';

/**
 * A sentence that says why votes with these settings would refuse every answer or catch no liar; undefined if they
 * work. A standby only replaces another node, so a standby adds no voter. With a single replica, only `always` asks for
 * votes.
 */
export function voteProblem(
  quorum: Policy['quorum'],
  nodes: readonly Pick<TopologyNode, 'components' | 'shard' | 'standby'>[],
): string | undefined {
  if (quorum === false) return undefined;
  const { operations, ...common } = quorum;
  for (const [name, own] of Object.entries(operations)) {
    const { f, when } = { ...common, ...own };
    if (when === 'never') continue;
    for (const [group, replicas] of replicasOf(name.split('.')[0]!, nodes)) {
      const there = `and there ${replicas === 1 ? 'is 1' : `are ${replicas}`} of ${group}`;
      if (when === 'always' && replicas <= f)
        return (
          `"when": "always" needs ${f + 1} equal answers to each ${name}, ${there}: every call would fail. ` +
          `"sample" works with fewer replicas; ${2 * f + 1} replicas outvote a liar`
        );
      if (f > 1 && replicas > 1 && replicas < 2 * f + 1)
        return `"f": ${f} asks for votes of ${2 * f + 1} replicas, ${there}. Use a smaller f, or more replicas`;
    }
  }
  return undefined;
}

/** The number of nodes that can answer for each shard of the database, or for the component. */
function replicasOf(component: string, nodes: readonly Pick<TopologyNode, 'components' | 'shard' | 'standby'>[]) {
  const hosts = nodes.filter(({ components, standby }) => standby === undefined && components.includes(component));
  const groups = Map.groupBy(hosts, ({ shard }) =>
    component === 'database' && shard !== undefined ? `${component}/${shard}` : component,
  );
  return [...groups].map(([group, { length }]) => [group, length] as const);
}
