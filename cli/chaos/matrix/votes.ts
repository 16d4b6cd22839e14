import { order } from '../../../services/chaos/control-port.ts';
import type { ChaosConnection } from '../connection.ts';

/**
 * Runs `work` while every answer of replicated tiers is put to the vote, if the policy allows it. Then restores the
 * policy.
 */
export async function withVotes<T>(
  connection: ChaosConnection,
  votes: 'always' | 'as-is',
  work: () => Promise<T>,
): Promise<T> {
  if (votes === 'as-is') return work();
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
