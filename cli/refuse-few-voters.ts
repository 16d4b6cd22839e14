import { voteProblem } from '../shared/cluster/vote-check.ts';
import type { TopologyNode } from '../shared/cluster/topology.ts';
import type { CurrentTopology } from '../shared/cluster/watchdog/placement-routes.ts';
import type { Policy } from '../shared/rpc/policy.ts';
import { askNodes } from './ask-nodes.ts';
import { UsageError } from './errors.ts';
import { askPort, askWatchdog, type ClusterNode } from './watchdog-client.ts';

type Voter = Pick<TopologyNode, 'components' | 'shard' | 'standby'>;

/** Throws UsageError if this policy would put calls to a vote for which the running nodes are too few. */
export async function refuseFewVoters(policy: Policy, portBase: number, nodes: readonly ClusterNode[]): Promise<void> {
  refuseVotes(policy, await placesOf(portBase, nodes));
}

/**
 * Throws UsageError if the nodes that stay are too few for the votes of their policies, and the present nodes are
 * enough.
 */
export async function refuseFewVotersLeft(
  portBase: number,
  nodes: readonly ClusterNode[],
  leaving: readonly string[],
  coming: readonly Voter[] = [],
): Promise<void> {
  if (leaving.length === 0) return;
  const stays = ({ id }: { readonly id: string }) => !leaving.includes(id);
  const present = await placesOf(portBase, nodes);
  const next = [...present.filter(stays), ...coming];
  const asked = await askNodes(
    nodes.filter((node) => node.state === 'ready' && stays(node)),
    ({ host, opsPort }) => askPort({ host, port: opsPort }, '/admin/policy'),
  );
  for (const policy of asked.answers.values() as Iterable<Policy>)
    if (voteProblem(policy.quorum, present) === undefined) refuseVotes(policy, next);
}

function refuseVotes({ quorum }: Policy, nodes: readonly Voter[]): void {
  const problem = voteProblem(quorum, nodes);
  if (problem !== undefined) throw new UsageError(`policy.quorum: ${problem}. Nothing was changed`);
}

/** The places of those nodes that run. */
async function placesOf(portBase: number, nodes: readonly ClusterNode[]): Promise<readonly TopologyNode[]> {
  const { topology } = (await askWatchdog(portBase, '/topology')) as CurrentTopology;
  const running = new Set(nodes.filter(({ state }) => state !== 'stopped').map(({ id }) => id));
  return topology.nodes.filter(({ id }) => running.has(id));
}
