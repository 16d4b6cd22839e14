import { expect, test } from 'vitest';
import { createPlan, planAttempt, type AttemptPlan } from '../../../../shared/rpc/attempt-plan.ts';
import type { AttemptEnd } from '../../../../shared/rpc/layers/replicas/attempt-end.ts';
import { withoutBadRequests } from '../../../../shared/rpc/layers/replicas/bad-replies.ts';
import { createPeers } from '../../../../shared/rpc/layers/replicas/peers.ts';
import { failure, setUp, testCall } from './helpers.ts';

/** Ends attempts at the replicas `names`, and notes which nodes `learn` hears of. */
function rig(...names: string[]) {
  const heard: string[] = [];
  const learn = withoutBadRequests(({ peer, code }) => void heard.push(`${peer.node} ${code}`));
  const group = createPeers(setUp().sim.clock).group(testCall());
  for (const name of names) group.get(name);
  const end = (node: string, code: 'ok' | 'internal', request: unknown, plan?: AttemptPlan): void => {
    const call = testCall({ request, ...(plan && { planned: planAttempt(plan) }) });
    const times = { sentAt: 0, endedAt: 1, elapsedMs: 1, abandoned: false };
    const how = code === 'ok' ? { error: undefined, evidence: 'reply' } : { error: failure(code), evidence: 'failure' };
    learn({ call, group, peer: group.get(node), code, ...times, ...how } as AttemptEnd);
  };
  return { heard, end };
}

test.each<[string, unknown]>([
  ['an object', { q: 'dog' }],
  ['a text', 'dog'],
  ['nothing', undefined],
])('a bad reply counts when another replica answers the same call, whose request is %s', (_what, request) => {
  const { heard, end } = rig('a', 'b');
  const [first, second] = [createPlan(), createPlan()];
  end('a', 'internal', request, first);
  end('b', 'ok', request, second);
  expect(heard).toEqual(['b ok']);
  end('b', 'ok', request, first);
  expect(heard).toEqual(['b ok', 'a internal', 'b ok']);
});

test('the only replica is to blame for bad replies to two different requests in a row', () => {
  const { heard, end } = rig('a');
  end('a', 'internal', { q: 'dog' });
  end('a', 'internal', { q: 'dog' });
  expect(heard).toEqual([]);
  end('a', 'internal', undefined);
  expect(heard).toEqual(['a internal']);
});

test('a call that is not tried again blames its replica at once', () => {
  const { heard, end } = rig('a', 'b');
  end('a', 'internal', {});
  expect(heard).toEqual(['a internal']);
});
