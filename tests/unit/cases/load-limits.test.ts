import { expect, test } from 'vitest';
import { trialVerdict } from '../../../loadgen/commands/find.ts';
import { conclude } from '../../../loadgen/commands/sweep.ts';
import type { MeasuredRun } from '../../../loadgen/measure/measured.ts';
import { recorder } from '../../../loadgen/measure/recorder.ts';
import { judgeThreshold, parseThreshold } from '../../../loadgen/verdict/thresholds.ts';
import { validity } from '../../../loadgen/verdict/validity.ts';
import { exchangeAt, histogramOf, judged, sampleRun } from '../loadgen/sample-run.ts';

const healthy = sampleRun();
const atCap = { workers: [{ ...healthy.workers[0]!, atCap: 0.9 }] };

test.each<{ input: string; change: Partial<MeasuredRun>; right: RegExp }>([
  {
    input: 'no open files',
    change: { codes: { no_files: 3600 }, machine: { ...healthy.machine, openFiles: 150 } },
    right: /ran out of open files for 3600 requests.*the 150 that a process may have.*256 now/,
  },
  {
    input: 'no open files and an unknown limit',
    change: { codes: { no_files: 1 }, machine: { ...healthy.machine, openFiles: undefined } },
    right: /ran out of open files.*its limit/,
  },
  { input: 'no ports', change: { codes: { no_ports: 1 } }, right: /ran out of ports for 1 requests/ },
  { input: 'no memory', change: { codes: { no_memory: 5 } }, right: /ran out of memory for 5 requests/ },
  {
    input: 'a worker that died',
    change: { ending: { kind: 'worker-died', message: 'SIGKILL' } },
    right: /worker process died/,
  },
])('L3 calls a run with $input invalid, names the limit, and find concludes nothing from it', ({ change, right }) => {
  const run = sampleRun(10, change);
  const verdict = validity(run);
  expect(verdict.valid).toBe(false);
  expect(verdict.reasons.join('\n')).toMatch(right);
  expect(trialVerdict({ ...judged(run), ...verdict }, []).outcome).toBe('generator');
});

test.each<{ input: string; sentMs: number; intendedMs: number; slo: string; right: string }>([
  { input: 'fast answers behind a full cap', sentMs: 100, intendedMs: 900, slo: 'p(99)<200ms', right: 'generator' },
  { input: 'a mean from sending that holds', sentMs: 40, intendedMs: 400, slo: 'avg<50ms', right: 'generator' },
  { input: 'a goodput that the cap cuts', sentMs: 10, intendedMs: 90, slo: 'goodput>200/s', right: 'generator' },
  { input: 'slow answers behind a full cap', sentMs: 700, intendedMs: 900, slo: 'p(99)<200ms', right: 'fail' },
  { input: 'a slow median, too', sentMs: 300, intendedMs: 900, slo: 'p(50)<200ms', right: 'fail' },
])('L3 tells the cap from the server: $input is "$right"', ({ sentMs, intendedMs, slo, right }) => {
  const latency = { ...healthy.latency, sent: histogramOf(sentMs), intended: histogramOf(intendedMs) };
  const run = sampleRun(10, { ...atCap, latency, flight: { count: 0, meanMs: 0 } });
  const threshold = parseThreshold(slo);
  const verdict = trialVerdict({ ...judged(run), ...validity(run), thresholds: [judgeThreshold(threshold, run)] }, [
    threshold,
  ]);
  expect(verdict.outcome).toBe(right);
});

test.each([
  { input: 'the largest size lost', lost: [64], right: 'no-conclusion' },
  { input: 'a size in the middle lost', lost: [8], right: 'no-conclusion' },
  { input: 'several lost', lost: [16, 32, 64], right: 'no-conclusion' },
  { input: 'none lost', lost: [], right: 'fitted' },
])('L3 sweep with $input: $right', ({ lost, right }) => {
  const points = [1, 2, 4, 8, 16, 32, 64].flatMap((n) =>
    [1, 1.01, 0.99].map((noise) => ({
      n,
      throughput: (noise * 100 * n) / (1 + 0.05 * (n - 1) + 0.0005 * n * (n - 1)),
      valid: !lost.includes(n),
      ...(lost.includes(n) ? { lost: 'the generator ran out of open files' } : {}),
    })),
  );
  const fit = conclude(points);
  expect(fit.kind).toBe(right);
  if (fit.kind === 'no-conclusion') expect(fit.why).toMatch(/\bgenerator\b.*\bopen files\b/);
});

test('L3 requests that are sent after the end of the load do not count as in flight during it', () => {
  const record = recorder({ startMs: 0, tickMs: 1000, sloMs: 1000, over: (nowMs) => nowMs >= 1000 });
  for (const sentMs of [0, 500, 999, 1000, 1500]) {
    const exchange = { ...exchangeAt(0), sentMs };
    record.sent(exchange);
    record.answered(exchange, sentMs + 100, 0, { kind: 'right', compared: false });
  }
  expect(record.totals().flight).toMatchObject({ n: 3, mean: 100 });
});
