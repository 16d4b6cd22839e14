import { expect, test } from 'vitest';
import { askNodes, failureLine } from '../../../cli/ask-nodes.ts';
import { chooseNodes } from '../../../cli/choose-nodes.ts';
import { UsageError } from '../../../cli/errors.ts';
import { summarisePolicy } from '../../../cli/policy-summary.ts';
import { presetNames } from '../../../shared/rpc/presets.ts';
import { resolvePolicy } from '../../../shared/rpc/policy.ts';

const nodes = [
  { id: 'app-1', state: 'ready' },
  { id: 'app-2', state: 'backoff' },
  { id: 'standby-1', state: 'stopped' },
] as const;
const ids = (some: readonly { id: string }[]) => some.map(({ id }) => id);

test.each([
  [undefined, ['app-1'], ['app-2', 'standby-1']],
  [['app-1', 'app-2'], ['app-1'], ['app-2']],
])('of the nodes %j only the ready ones are asked, and the others are known', (wanted, asked, others) => {
  const { ready, leftOut } = chooseNodes(nodes, wanted);
  expect([ids(ready), ids(leftOut)]).toEqual([asked, others]);
});

test('an unknown node is a mistake of the caller, and the error names all nodes', () => {
  expect(() => chooseNodes(nodes, ['app-1', 'app-9'])).toThrow(UsageError);
  expect(() => chooseNodes(nodes, ['app-9'])).toThrow(/app-9\b.*\bapp-1, app-2, standby-1/);
});

test('a node that fails keeps none of the others from being asked, and is named with its reason', async () => {
  const asked = await askNodes([{ id: 'a-1' }, { id: 'b-1' }, { id: 'c-1' }], async ({ id }) => {
    if (id === 'a-1') throw new Error('nothing answers at port 1');
    return id.toUpperCase();
  });
  expect(Object.fromEntries(asked.answers)).toEqual({ 'b-1': 'B-1', 'c-1': 'C-1' });
  expect(failureLine(asked, 'failed')).toMatch(/^1 of 3\b.* failed\b.*\ba-1\b.*\bport 1\b/);
});

test.each(presetNames)(
  'the policy %s is that preset without differences, also when it came over the wire',
  (preset) => {
    const policy = resolvePolicy(preset);
    const sent = JSON.parse(JSON.stringify(policy)) as typeof policy;
    for (const each of [policy, sent]) expect(summarisePolicy(each)).toEqual({ preset, differences: [] });
  },
);

const tuned = { fixedDelayMs: 3, ratio: 1, compositeRatio: 1, reserve: 1_000, blind: true };

// Each difference names the setting, its value, and the value in the preset.
test.each([
  [{ hedge: false }, 'resilient', /^hedge: off$/],
  [{ retry: { maxAttempts: 5 } }, 'resilient', /^retry: maxAttempts 5\b.*\b3$/],
  [{ hedge: { fixedDelayMs: 7 } }, 'resilient', /^hedge: fixedDelayMs 7\b.*\bunset$/],
  [{ base: 'naive', verify: true, budget: { ratio: 1 } }, 'naive', /^budget: on, ratio 1\b.*\b0\.2\nverify: on$/],
  [{ base: 'mis-set', outlier: {}, hedge: tuned }, 'mis-set', /^hedge: fixedDelayMs 3\b.*\b2\noutlier: on$/],
  [
    { cache: { operations: { 'a.b': { ttlMs: 5 } } } },
    'resilient',
    /^cache: operations \{"a\.b":\{"ttlMs":5\}\} .*\{\}$/,
  ],
])('%j is summed up as %s with its differences', (file, preset, expected) => {
  const summary = summarisePolicy(resolvePolicy(file));
  expect(summary.preset).toBe(preset);
  expect(summary.differences.map(({ mechanism, text }) => `${mechanism}: ${text}`).join('\n')).toMatch(expected);
});
