import { order } from '../../../services/chaos/control-port.ts';
import { votedComponents } from '../../../shared/rpc/layers/trust/quorum.ts';
import type { Terminal } from '../../terminal.ts';
import type { ChaosConnection } from '../connection.ts';
import type { MatrixNode } from './questions.ts';

/**
 * Runs `work` while every answer of replicated tiers is put to the vote, and then restores the policy. If a voted tier
 * has only one replica, the policy stays as it is: with a vote, this tier would refuse every call.
 */
export async function withVotes<T>(
  connection: ChaosConnection,
  votes: 'always' | 'as-is',
  terminal: Terminal,
  work: () => Promise<T>,
): Promise<T> {
  if (votes === 'as-is') return work();
  const single = singleReplicas(connection.nodes);
  if (single.length > 0) {
    terminal.line(
      `no answer is put to the vote, because a vote needs two replicas. Only one each: ${single.join(', ')}`,
    );
    return work();
  }
  const nodes = connection.ports.filter(({ site }) => site === 'node');
  const before = await Promise.all(nodes.map((port) => order(port, undefined, 'GET', '/admin/policy')));
  const set = (i: number, policy: unknown) => order(nodes[i]!, connection.token, 'POST', '/admin/policy', policy);
  await Promise.all(before.map((policy, i) => set(i, { ...(policy as object), quorum: { when: 'always' } })));
  try {
    return await work();
  } finally {
    await Promise.allSettled(before.map((policy, i) => set(i, policy)));
  }
}

/** Groups whose answers a vote compares, but that have only one replica, such as `ranking` or `database/1`. */
export function singleReplicas(nodes: readonly Pick<MatrixNode, 'components' | 'shard'>[]): readonly string[] {
  const groups = nodes.flatMap(({ components, shard }) =>
    components
      .filter((component) => votedComponents.has(component))
      .map((component) => (component === 'database' && shard !== undefined ? `${component}/${shard}` : component)),
  );
  return [...Map.groupBy(groups, (group) => group)].filter(([, its]) => its.length === 1).map(([group]) => group);
}
