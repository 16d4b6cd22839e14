import { expect, test } from 'vitest';
import { timeHistogram } from '../../../loadgen/measure/histogram.ts';
import { recorder } from '../../../loadgen/measure/recorder.ts';
import { comparisonText, compareRuns } from '../../../loadgen/report/compare.ts';
import { resultJson } from '../../../loadgen/report/json.ts';
import { htmlReport } from '../../../loadgen/report/page/page.ts';
import { terminalReport } from '../../../loadgen/report/terminal.ts';
import { terminalStyle } from '../../../loadgen/report/terminal-style.ts';
import { judgeThreshold, parseThreshold } from '../../../loadgen/verdict/thresholds.ts';
import { PassThrough } from 'node:stream';
import { exchangeAt, histogramOf, judged, sampleRun } from '../loadgen/sample-run.ts';

const healthy = sampleRun();

test.each([
  { input: 'fast 503s', kind: 'error', failMs: 1 },
  { input: 'slow 500s', kind: 'error', failMs: 900 },
  { input: 'fast wrong answers', kind: 'wrong', failMs: 1 },
  { input: 'refused connections', kind: 'refused', failMs: 0.5 },
])('L6 $input do not touch the latency of right answers, and have one of their own', ({ kind, failMs }) => {
  const record = recorder({ startMs: 0, tickMs: 1000, sloMs: 1000 });
  for (let i = 0; i < 1000; i++) {
    const exchange = exchangeAt(i);
    record.asked(exchange);
    record.sent(exchange);
    if (i % 10 === 0) record.answered(exchange, i + 100, 0, { kind: 'right', compared: false });
    else if (kind === 'refused') record.failed(exchange, i + failMs, { code: 'refused', detail: '' });
    else if (kind === 'wrong') record.answered(exchange, i + failMs, 0, { kind: 'wrong', why: 'schema' });
    else record.answered(exchange, i + failMs, 0, { kind: 'error', why: 'status_503' });
  }
  const totals = record.totals();
  expect(timeHistogram(totals.intended).count).toBe(100);
  expect(timeHistogram(totals.intended).percentileMs(50)).toBeCloseTo(100, 0);
  expect(timeHistogram(totals.sent).percentileMs(99)).toBeCloseTo(100, 0);
  expect(timeHistogram(totals.errors).count).toBe(900);
  expect(timeHistogram(totals.errors).percentileMs(50)).toBeCloseTo(failMs, 0);
  expect(totals.flight.n).toBe(1000);
  const ticks = new Map(record.drain());
  expect([...ticks.get(0)!.latency.values()].reduce((sum, n) => sum + n, 0)).toBe(100);
});

test('L6 a request that was given up counts in both: the user has waited that long', () => {
  const record = recorder({ startMs: 0, tickMs: 1000, sloMs: 1000 });
  record.failed(exchangeAt(0), 300, { code: 'timeout', detail: '' });
  expect(timeHistogram(record.totals().intended).percentileMs(50)).toBeCloseTo(300, 0);
  expect(timeHistogram(record.totals().errors).percentileMs(50)).toBeCloseTo(300, 0);
});

test('L6 both latencies are in every report, and thresholds may name either', async () => {
  const run = judged(
    sampleRun(100, { latency: { ...healthy.latency, intended: histogramOf(100), errors: histogramOf(2) } }),
  );
  expect(terminalReport(run, terminalStyle(new PassThrough()))).toMatch(/errors and wrong\s+2\.00 ms/);
  expect(await htmlReport([run])).toMatch(/errors and wrong answers<\/td><td>2\.00 ms/);
  expect(resultJson(run)).toMatchObject({
    latencyMs: { intended: { p50: expect.closeTo(100, 0) }, errors: { p50: 2 } },
  });
  expect(judgeThreshold(parseThreshold('errors:p(99)<5ms'), run).passed).toBe(true);
  expect(judgeThreshold(parseThreshold('p(50)>90ms'), run).passed).toBe(true);
});

test('L6 a run without right answers has no latency: 0 ms would be the best of all', async () => {
  const none = timeHistogram();
  const counts = { ...healthy.counts, right: 0, good: 0, errors: healthy.counts.done };
  const latency = { ...healthy.latency, intended: none, sent: none, errors: histogramOf(1) };
  const failed = judged(sampleRun(10, { counts, latency }));
  expect(JSON.parse(JSON.stringify(resultJson(failed)))).toMatchObject({
    latencyMs: { intended: { p50: null, p99: null, max: null }, sent: { p99: null }, errors: { p50: 1 } },
  });
  const page = await htmlReport([failed]);
  expect(page).not.toContain('0.000 ms');
  expect(page).toContain('<b>-</b><span>p99</span>');
  for (const figure of compareRuns(judged(healthy), failed).filter(({ name }) => /^p|max/.test(name)))
    expect(figure).toMatchObject({ change: undefined, better: undefined });
  const compared = comparisonText(judged(healthy), failed, ['a', 'b'], terminalStyle(new PassThrough()));
  expect(compared).toMatch(/p99 +10\.0 ms +- +-\n/);
  expect(judgeThreshold(parseThreshold('p(99)<10ms'), failed)).toMatchObject({ passed: false });
});
