import { expect, test } from 'vitest';
import { labs } from '../../../labs/registry.ts';
import { commit } from '../../../labs/runner/prediction.ts';
import { predictionInWords, taskOf } from '../../../labs/runner/report/words.ts';
import { labResultOf } from '../../../labs/runner/result.ts';
import { completed, isRight, labVerdictOf } from '../../../labs/runner/verdict.ts';

const ms = { id: 'a', label: 'W', unit: 'ms', theory: 100 } as const;
const interval = { low: 90, high: 110, confidence: 0.99 };
const point = { id: 'a', measured: 100, n: 5, interval };
const pass = { label: 'x', verdict: 'PASS', detail: '' } as const;

test('one failed check fails, an unknown one makes it unknown, and no check at all, too', () => {
  expect(labVerdictOf([pass])).toBe('PASS');
  expect(labVerdictOf([pass, { ...pass, verdict: 'UNKNOWN' }])).toBe('UNKNOWN');
  expect(
    labVerdictOf([
      { ...pass, verdict: 'UNKNOWN' },
      { ...pass, verdict: 'FAIL' },
    ]),
  ).toBe('FAIL');
  expect(labVerdictOf([])).toBe('UNKNOWN');
});

test('a quantity without samples, and a fault that changed nothing, make the run unknown', () => {
  const run = { points: [point], checks: [pass], timeline: [] };
  const fault = { kind: 'net.delay', target: 'query-1', matched: 3 };
  const of = (findings: Parameters<typeof completed>[0]) => labVerdictOf(completed(findings, [ms]).checks);
  expect(of(run)).toBe('PASS');
  expect(of({ ...run, points: [] })).toBe('UNKNOWN');
  expect(of({ ...run, points: [{ ...point, n: 0 }] })).toBe('UNKNOWN');
  expect(of({ ...run, faults: [{ ...fault, applied: 0 }] })).toBe('UNKNOWN');
  expect(of({ ...run, faults: [{ ...fault, applied: 3 }] })).toBe('PASS');
});

test.each([
  [95, true],
  [109, true],
  [130, false],
])('a prediction of %d for a measurement of 100 is right: %s', (value, right) => {
  expect(isRight(value, point)).toBe(right);
});

test.each([
  ['not measured', { measured: Number.NaN, n: 0, low: -Infinity, high: Infinity }, pass],
  ['measured in a run that is UNKNOWN', { measured: 35, n: 9, low: 34, high: 36 }, { ...pass, verdict: 'UNKNOWN' }],
] as const)('a value that is %s does not make a prediction right or wrong', (_, { measured, n, low, high }, check) => {
  const result = labResultOf({
    lab: labs.find(({ id }) => id === '10')!,
    form: 'live',
    owner: {},
    prediction: commit('10', [20, 50, 100], 'a guess'),
    findings: {
      points: [0.5, 0.8, 0.9].map((rho) => ({ id: `w${rho}`, measured, n, interval: { low, high, confidence: 0.99 } })),
      checks: [check],
      timeline: [],
    },
    hostNoise: null,
    hintsRead: 0,
  });
  expect(result).toMatchObject({ verdict: 'UNKNOWN', predictionRight: null });
  expect(predictionInWords(result)).toContain('cannot be judged');
  expect(taskOf(result)).toMatchObject({
    heading: 'Run it again first',
    text: expect.not.stringContaining('difference'),
  });
});
