import { expect, test } from 'vitest';
import { askNodes, failureLine } from '../../../cli/ask-nodes.ts';
import { chooseNodes } from '../../../cli/choose-nodes.ts';
import { UsageError } from '../../../cli/errors.ts';
import { summarise } from '../../../cli/policy-summary.ts';
import { presetNames } from '../../../shared/rpc/presets.ts';
import { resolvePolicy } from '../../../shared/rpc/policy.ts';
import { run } from './run.ts';

const nodes = [
  { id: 'app-1', state: 'ready' },
  { id: 'app-2', state: 'backoff' },
  { id: 'standby-1', state: 'stopped' },
] as const;
const ids = (some: readonly { id: string }[]) => some.map(({ id }) => id);

test('only ready nodes are asked, and the others are known', () => {
  const { ready, leftOut } = chooseNodes(nodes, undefined);
  expect(ids(ready)).toEqual(['app-1']);
  expect(ids(leftOut)).toEqual(['app-2', 'standby-1']);
});

test('of the nodes that are named, too, only the ready ones are asked', () => {
  const { ready, leftOut } = chooseNodes(nodes, ['app-1', 'app-2']);
  expect(ids(ready)).toEqual(['app-1']);
  expect(ids(leftOut)).toEqual(['app-2']);
});

test('a name that no node has is a mistake of the caller', () => {
  expect(() => chooseNodes(nodes, ['app-1', 'app-9'])).toThrow(UsageError);
  expect(() => chooseNodes(nodes, ['app-9'])).toThrow('no node app-9; there are app-1, app-2, standby-1');
});

test('a node that fails keeps none of the others from being asked, and is named with its reason', async () => {
  const asked = await askNodes([{ id: 'a' }, { id: 'b' }, { id: 'c' }], async ({ id }) => {
    if (id === 'a') throw new Error('nothing answers at port 1');
    return id.toUpperCase();
  });
  expect([...asked.answers]).toEqual([
    ['b', 'B'],
    ['c', 'C'],
  ]);
  expect(failureLine(asked, 'were not changed')).toBe(
    '1 of 3 ready nodes were not changed: a (nothing answers at port 1)',
  );
});

test.each(presetNames)('the policy %s is that preset, with no differences', (preset) => {
  expect(summarise(resolvePolicy(preset))).toEqual({ preset, differences: [] });
});

test.each([
  [{ hedge: false }, 'resilient', ['hedge: off']],
  [{ retry: { maxAttempts: 5 } }, 'resilient', ['retry: maxAttempts 5 instead of 3']],
  [{ hedge: { fixedDelayMs: 7 } }, 'resilient', ['hedge: fixedDelayMs 7 instead of unset']],
  [
    { base: 'naive', verify: true, budget: { ratio: 1 } },
    'naive',
    ['budget: on, ratio 1 instead of 0.2', 'verify: on'],
  ],
  [
    {
      base: 'mis-set',
      outlier: {},
      hedge: { fixedDelayMs: 3, ratio: 1, compositeRatio: 1, reserve: 1_000, blind: true },
    },
    'mis-set',
    ['hedge: fixedDelayMs 3 instead of 2', 'outlier: on'],
  ],
  [
    { cache: { operations: { 'html.page': { ttlMs: 5 } } } },
    'resilient',
    ['cache: operations {"html.page":{"ttlMs":5}} instead of {}'],
  ],
])('%j is %s, but %j', (file, preset, lines) => {
  const summary = summarise(resolvePolicy(file));
  expect(summary.preset).toBe(preset);
  expect(summary.differences.map(({ mechanism, text }) => `${mechanism}: ${text}`)).toEqual(lines);
});

test('a policy that came over the wire is summed up like one that did not', () => {
  const sent = JSON.parse(JSON.stringify(resolvePolicy('mis-set'))) as ReturnType<typeof resolvePolicy>;
  expect(summarise(sent)).toEqual({ preset: 'mis-set', differences: [] });
});

test.each([
  ['{"retry":5}', 'policy.retry: true or false is wanted, or settings such as {"maxAttempts":3}, not 5'],
  ['{"hedge":null}', 'policy.hedge: true or false is wanted, or settings such as {"quantile":0.95}, not null'],
  ['{"verify":[]}', 'policy.verify: true or false is wanted, not []'],
])('%s is refused with what would do', async (policy, sentence) => {
  const { said, exitCode } = await run('policy', policy);
  expect(said).toContain(sentence);
  expect(exitCode).toBe(2);
});
