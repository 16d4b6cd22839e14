import { describe, expect, test } from 'vitest';
import { timeHistogram } from '../../../loadgen/measure/histogram.ts';
import type { MeasuredRun } from '../../../loadgen/measure/measured.ts';
import { runExitCode } from '../../../loadgen/commands/run.ts';
import { judgeThreshold, parseThreshold } from '../../../loadgen/verdict/thresholds.ts';
import { validity } from '../../../loadgen/verdict/validity.ts';
import { histogramOf, judged, sampleRun } from './sample-run.ts';

test('a healthy run is valid and has nothing to remark', () => {
  expect(validity(sampleRun())).toEqual({ valid: true, reasons: [], notes: [], generatorAtFault: false });
});

describe('a run is not believed when', () => {
  const run = sampleRun();
  const worker = run.workers[0]!;
  test.each([
    ['less was sent than asked', { counts: { ...run.counts, sent: 900 } }, /only 900 of 1000/, true],
    [
      'the plan had more due than was even asked',
      { counts: { ...run.counts, asked: 900, sent: 900 } },
      /only 900 of 1000/,
      true,
    ],
    [
      'the generator was late at the median',
      { latency: { ...run.latency, own: histogramOf(5) } },
      /the generator was late by 5\.0 ms at the median/,
      true,
    ],
    ['its event loop was busy all the time', { workers: [{ ...worker, loopUtilisation: 0.99 }] }, /starved.*99%/, true],
    ['its event loop was held up', { workers: [{ ...worker, loopDelayP99Ms: 120 }] }, /held up by 120 ms/, true],
    ['it did not get a processor', { workers: [{ ...worker, runDelay: 0.5 }] }, /waited for a processor 50%/, true],
    [
      'their limit turned the open loop into a closed one',
      { workers: [{ ...worker, atCap: 0.8 }] },
      /all 256 connections were in use 80%/,
      false,
    ],
    ['L is out of line with lambda*W', { flight: { count: 1000, meanMs: 500 } }, /lambda\*W = 50\.0/, true],
    ['a worker died', { ending: { kind: 'worker-died', message: 'SIGKILL' } }, /worker process died.*SIGKILL/, true],
    ['nothing was answered', { counts: { ...run.counts, done: 0, right: 0 } }, /no answer/, false],
  ] as const)('%s', (_name, change, reason, generatorAtFault) => {
    const verdict = validity(sampleRun(10, change as Partial<typeof run>));
    expect(verdict.valid).toBe(false);
    expect(verdict.reasons.join('\n')).toMatch(reason);
    expect(verdict.generatorAtFault).toBe(generatorAtFault);
  });
});

const { workers, counts } = sampleRun();
const broken = { started: 100, broken: 100, why: ['x is not a function'] };
test.each<[string, Partial<MeasuredRun>, RegExp | undefined]>([
  ['nothing is wrong', {}, undefined],
  ['the machine is too busy', { workers: [{ ...workers[0]!, runDelay: 0.5 }] }, /stop other programs.*-R/],
  ['fewer requests were sent', { counts: { ...counts, sent: 900 } }, /stop other programs.*-R/],
  ['sessions broke', { sessions: broken }, /mend the scenario/],
  ['nothing was answered', { counts: { ...counts, done: 0, right: 0 } }, /why http:\/\/127\.0\.0\.1:8000/],
  ['a worker died', { ending: { kind: 'worker-died', message: 'SIGKILL' }, counts: { ...counts, done: 0 } }, undefined],
  ['files ran out, which has its own advice', { codes: { no_files: 1 } }, undefined],
])('when %s, the advice fits', (_name, change, advice) => {
  expect(validity(sampleRun(10, change)).advice).toEqual(advice && expect.stringMatching(advice));
});

test('a slow server alone does not make a run invalid', () => {
  expect(validity(sampleRun(900)).valid).toBe(true);
});

describe("thresholds in k6's words", () => {
  const run = sampleRun(10, { counts: { ...sampleRun().counts, right: 980, errors: 15, wrong: 5, good: 970 } });
  test.each([
    ['p(99)<100ms', true],
    ['p(99)<5ms', false],
    ['p99.9<=0.02s', true],
    ['http_req_duration:p(95)<11', true],
    ['sent:max<11ms', true],
    ['lateness:p(50)<200us', true],
    ['avg>9', true],
    ['error_rate<1%', false],
    ['error_rate<0.02', true],
    ['http_req_failed<2%', true],
    ['wrong==0', false],
    ['wrong<=5', true],
    ['goodput>=97/s', true],
    ['rate>200', false],
    ['checks>97.9%', true],
  ])('%s is %s', (text, passed) => {
    expect(judgeThreshold(parseThreshold(text), run).passed).toBe(passed);
  });
  test.each([
    'p(99)',
    'p(101)<1ms',
    'speed<3',
    'p(99)<1%',
    'wrong==0ms',
    'error_rate<1ms',
    '<3',
    'p(99)<<3ms',
    'lateness:wrong==0',
  ])('%s is refused', (text) => {
    expect(() => parseThreshold(text)).toThrow(/threshold/);
  });
  test('what was not measured has not passed', () => {
    const none = sampleRun(10, { latency: { ...run.latency, intended: timeHistogram() } });
    expect(judgeThreshold(parseThreshold('p(99)<100ms'), none)).toMatchObject({ passed: false, actual: undefined });
  });
});

test('exit codes: interrupted comes before a bad verdict of any kind', () => {
  const run = judged(sampleRun());
  const missed = [{ text: 'x', actual: 1, unit: 'count' as const, passed: false }];
  expect(runExitCode(run)).toBe(0);
  expect(runExitCode({ ...run, thresholds: missed })).toBe(1);
  expect(runExitCode({ ...run, thresholds: missed, valid: false })).toBe(1);
  expect(runExitCode({ ...run, valid: false, ending: { kind: 'interrupted' } })).toBe(130);
});
