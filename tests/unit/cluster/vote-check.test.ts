import { expect, test } from 'vitest';
import { voteProblem } from '../../../shared/cluster/vote-check.ts';
import { createPolicyHolder, resolvePolicy } from '../../../shared/rpc/policy.ts';

const voters = (component: string, count: number, more: object = {}) =>
  Array.from({ length: count }, () => ({ components: [component], ...more }));
const hot = { standby: 'hot' } as const;

test.each([
  ['resilient', voters('ranking', 1), undefined],
  ['naive', voters('ranking', 1), undefined],
  [{ quorum: { when: 'always' } }, voters('ranking', 2), undefined],
  [{ quorum: { when: 'always' } }, voters('html', 1), undefined],
  [{ quorum: { when: 'always' } }, voters('ranking', 1), /2 equal answers to each ranking\.rank, .* 1 of ranking:/],
  [{ quorum: { when: 'always' } }, [...voters('ranking', 1), ...voters('ranking', 2, hot)], /is 1 of ranking:/],
  [{ quorum: { when: 'always' } }, [1, 2].flatMap((shard) => voters('database', shard, { shard })), /database\/1:/],
  [{ quorum: { when: 'always', f: 3 } }, voters('ranking', 3), /4 equal answers .* 3 of ranking\b.*\b7 replicas/],
  [{ quorum: { operations: { 'ranking.rank': { when: 'always' } } } }, voters('ranking', 1), /ranking\.rank/],
  [{ quorum: { when: 'always', operations: { 'ranking.rank': {} } } }, voters('database', 1), undefined],
  [{ quorum: { when: 'never', f: 3 } }, voters('ranking', 2), undefined],
  [{ quorum: { f: 1 } }, voters('ranking', 2), undefined],
  [{ quorum: { f: 2 } }, voters('ranking', 1), undefined],
  [{ quorum: { f: 2 } }, voters('ranking', 4), /"f": 2\b.*\b5 replicas\b.* 4 of ranking\b/],
])('the votes of %j among %j: %s', (policy, nodes, problem) => {
  const found = voteProblem(resolvePolicy(policy).quorum, nodes);
  if (problem === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(problem);
});

test('a node refuses a change to votes that its cluster cannot hold, and keeps its policy', () => {
  const policy = createPolicyHolder('resilient', (quorum) => voteProblem(quorum, voters('ranking', 1)));
  const before = policy.current;
  expect(() => policy.set({ retry: false, quorum: { when: 'always' } })).toThrow(/^policy\.quorum: /);
  expect(policy.current).toBe(before);
  policy.set({ retry: false });
});
