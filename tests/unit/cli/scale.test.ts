import { expect, test, vi } from 'vitest';
import { resolvePolicy } from '../../../shared/rpc/policy.ts';
import { fakeCluster } from './fake-cluster.ts';
import { run } from './run.ts';

test.each([
  [['ranking=2', 'query=1', 'ranking=3'], /\branking is named twice\b/],
  [['ranking=101'], /\bat most 100 nodes\b/],
  [['ranking=1e1'], /\bnumber from 1\b/],
  [['a b=1'], /\bgroup and a number\b/],
])('scale %j is refused', async (words, reason) => {
  const { exitCode, said } = await run('scale', ...words);
  expect(said).toMatch(reason);
  expect(exitCode).toBe(2);
});

const voting = { '/admin/policy': resolvePolicy({ quorum: { when: 'always' } }) };

test.each([
  ['scale', 'ranking=1'],
  ['policy', '{"quorum":{"when":"always","f":2}}'],
])('%s %s is refused where too few replicas would be left for the votes', async (...words) => {
  const orders = Object.fromEntries(
    ['start', 'retire'].map((order) => [`/nodes/ranking-2/${order}`, () => expect.fail()]),
  );
  await fakeCluster({ 'ranking-1': voting, 'ranking-2': voting }, {}, { ...orders, '/changes': {} });
  vi.stubEnv('TIERLAB_OPERATOR_TOKEN', 'token');
  const { exitCode, said } = await run(...words);
  expect(said).toMatch(/every call would fail/);
  expect(exitCode).toBe(2);
});

test('a vote that has too few replicas already does not forbid another group to shrink', async () => {
  const orders: string[] = [];
  await fakeCluster(
    { 'ranking-1': voting, 'app-1': voting, 'app-2': voting },
    {},
    { '/nodes/app-2/retire': () => void orders.push('retire'), '/changes': {} },
  );
  vi.stubEnv('TIERLAB_OPERATOR_TOKEN', 'token');
  const { said } = await run('scale', 'app=1');
  expect(said).not.toMatch(/every call would fail/);
  expect(orders).toEqual(['retire']);
});

test('a standby keeps waiting when its group shrinks to one node, and is no place for a second one', async () => {
  const orders = Object.fromEntries(
    ['start', 'retire'].map((order) => [`/nodes/ranking-2/${order}`, () => expect.fail()]),
  );
  const standby = (id: string) => (id === 'ranking-2' ? { standby: 'hot' } : {});
  await fakeCluster({ 'ranking-1': {}, 'ranking-2': {} }, standby, { ...orders, '/changes': {} });
  vi.stubEnv('TIERLAB_OPERATOR_TOKEN', 'token');
  expect((await run('scale', 'ranking=1')).said).toMatch(/as many nodes as it should/);
  const { said, exitCode } = await run('scale', 'ranking=2');
  expect(said).toMatch(/places for 1\b/);
  expect(exitCode).toBe(2);
});
