import { voteProblem } from '../shared/cluster/vote-check.ts';
import type { TopologyNode } from '../shared/cluster/topology.ts';
import type { Policy } from '../shared/rpc/policy.ts';
import { askNodes } from './ask-nodes.ts';
import { UsageError } from './errors.ts';
import { askPort, type ClusterNode } from './watchdog-client.ts';

type Voter = Pick<TopologyNode, 'components' | 'shard' | 'standby'>;

/** Throws UsageError if this policy would put calls to a vote for which the running nodes are too few. */
export function refuseFewVoters(policy: Policy, nodes: readonly ClusterNode[]): void {
  refuseVotes(policy, nodes.filter(isRunning));
}

/**
 * Throws UsageError if the nodes that stay are too few for the votes of their policies, and the present nodes are
 * enough.
 */
export async function refuseFewVotersLeft(
  nodes: readonly ClusterNode[],
  leaving: readonly string[],
  coming: readonly Voter[] = [],
): Promise<void> {
  if (leaving.length === 0) return;
  const present = nodes.filter(isRunning);
  const staying = present.filter(({ id }) => !leaving.includes(id));
  const asked = await askNodes(
    staying.filter(({ state }) => state === 'ready'),
    ({ host, opsPort }) => askPort({ host, port: opsPort }, '/admin/policy'),
  );
  for (const policy of asked.answers.values() as Iterable<Policy>)
    if (voteProblem(policy.quorum, present) === undefined) refuseVotes(policy, [...staying, ...coming]);
}

const isRunning = ({ state }: ClusterNode): boolean => state !== 'stopped';

function refuseVotes({ quorum }: Policy, nodes: readonly Voter[]): void {
  const problem = voteProblem(quorum, nodes);
  if (problem !== undefined) throw new UsageError(`policy.quorum: ${problem}. Nothing was changed`);
}
