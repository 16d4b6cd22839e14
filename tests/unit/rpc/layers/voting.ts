import { Value } from 'typebox/value';
import { assignNode, wasAsked } from '../../../../shared/rpc/attempt-plan.ts';
import type { Call, Service } from '../../../../shared/rpc/call.ts';
import { createBudgets } from '../../../../shared/rpc/layers/retries/budget.ts';
import { createLiars } from '../../../../shared/rpc/layers/trust/liars.ts';
import { createPeers } from '../../../../shared/rpc/layers/replicas/peers.ts';
import { quorum, QuorumSettings, type VotedOperation } from '../../../../shared/rpc/layers/trust/quorum.ts';
import { nodes, plannedAfter, replyOf, setUp } from './helpers.ts';

/** Replica x of `answers` answers with its value, or fails; a function is asked each time. */
export function voting(
  answers: Record<string, unknown>,
  own: Partial<VotedOperation> = {},
  { reserve = 50, extraVoteAfterMs }: { reserve?: number; extraVoteAfterMs?: number } = {},
) {
  const set = setUp();
  const { sim, observe } = set;
  let present = nodes(...Object.keys(answers));
  const endpoints = () => present;
  const peers = createPeers(sim.clock);
  const next: Service = async (call: Call) => {
    const usable = present.filter(
      ({ node }) => peers.group({ component: 'ranking' }).get(node).ejection.until <= sim.clock.now(),
    );
    const { plan } = call.planned!;
    const names = [...usable, ...present].map((it) => it.node).filter((name) => plan.only?.includes(name) ?? true);
    const node = names.find((name) => !wasAsked(plan, name))!;
    assignNode(call.planned!, node);
    const answer = answers[node];
    if (answer instanceof Error) throw answer;
    const body = await (typeof answer === 'function' ? (answer as () => unknown)() : answer);
    // All say they are a: the vote must not believe it.
    return { ...replyOf('a', body), from: node };
  };
  const asked: Call[] = [];
  const liars = createLiars({ clock: sim.clock, peers, endpoints, observe });
  const budgets = createBudgets(() => ({ ratio: 0.2, reserve }));
  const layer = quorum(
    {
      ...Value.Create(QuorumSettings),
      when: 'always',
      share: 0,
      everyMs: 0,
      ...own,
      operations: { 'ranking.read': {} },
    },
    {
      ...sim,
      endpoints,
      liars,
      budget: budgets,
      extraVoteAfterMs: () => extraVoteAfterMs,
      observe,
      nonce: () => 'nonce',
    },
  );
  const service = layer((call) => (asked.push(call), next({ ...call, planned: call.planned ?? plannedAfter([]) })));
  return {
    ...set,
    service,
    asked,
    peers,
    leave: (node: string) => (present = present.filter((it) => it.node !== node)),
  };
}
