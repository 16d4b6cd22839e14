import { PassThrough } from 'node:stream';
import { afterEach, expect, test, vi } from 'vitest';
import { parseJournal } from '../../../loadgen/journal/read.ts';
import { faultFigures } from '../../../loadgen/journal/figures.ts';
import { faultWindows } from '../../../loadgen/journal/windows.ts';
import { timelineBucket } from '../../../loadgen/measure/buckets.ts';
import { percentiles } from '../../../loadgen/measure/histogram.ts';
import { emptyRow } from '../../../loadgen/measure/timeline.ts';
import { comparisonText } from '../../../loadgen/report/compare.ts';
import { timelineCsv } from '../../../loadgen/report/csv.ts';
import { resultJson } from '../../../loadgen/report/json.ts';
import { htmlReport } from '../../../loadgen/report/page/page.ts';
import { fitLine } from '../../../loadgen/report/fit-line.ts';
import { decodeResult, encodeResult } from '../../../loadgen/report/results-file.ts';
import { terminalStyle } from '../../../loadgen/report/terminal-style.ts';
import { terminalReport } from '../../../loadgen/report/terminal.ts';
import { checker } from '../../../loadgen/verify/check.ts';
import { answerDigest } from '../../../loadgen/verify/digest.ts';
import { oracleOf, oracleText, parseOracle } from '../../../loadgen/verify/oracle.ts';
import { hasSchema } from '../../../loadgen/verify/schemas.ts';
import { answerOf } from '../../../loadgen/workload/request.ts';
import { judged, sampleRun } from './sample-run.ts';

const plain = terminalStyle(new PassThrough());
afterEach(() => vi.unstubAllEnvs());

const startedAtMs = sampleRun().startedAtMs;
const journal = [
  { at: startedAtMs + 3000, event: 'inject', id: 'f1', kind: 'limp.latency', target: 'ranking-1' },
  { at: startedAtMs + 3500, event: 'refuse', id: 'f1', kind: '', target: '' },
  { at: startedAtMs + 5000, event: 'heal', id: 'f1', kind: '', target: '' },
];

/** 10 ms, but 200 ms and one error per tick while the fault lasts and for half a second after. */
function faulty() {
  const run = sampleRun();
  const ticks = run.ticks.map(([tick, row]): (typeof run.ticks)[number] =>
    tick >= 30 && tick < 55
      ? [tick, { ...emptyRow(), asked: 10, done: 9, errors: 1, latency: new Map([[timelineBucket(200), 10]]) }]
      : [tick, row],
  );
  return judged({ ...run, ticks, journal });
}

test('a fault has figures before, during and after, and a time to recover', () => {
  const run = faulty();
  const [figures] = faultFigures(faultWindows(run.journal, run.startedAtMs), run.ticks, run.tickMs, run.durationMs);
  expect(figures?.window).toEqual({ id: 'f1', kind: 'limp.latency', target: 'ranking-1', fromMs: 3000, toMs: 5000 });
  expect(figures?.before.p99Ms).toBeCloseTo(10, 0);
  expect(figures?.during).toMatchObject({ errors: 20, asked: 200 });
  expect(figures?.during.p99Ms).toBeGreaterThan(195);
  expect(figures?.recoveredAfterMs).toBe(2500);
});

test('a fault that hurts no request has recovered at once', () => {
  const run = sampleRun();
  const [figures] = faultFigures(faultWindows(journal, startedAtMs), run.ticks, run.tickMs, run.durationMs);
  expect(figures?.recoveredAfterMs).toBe(0);
});

test('a fault that is never healed lasts until the end and is not recovered from', () => {
  const run = sampleRun();
  const ticks = run.ticks.map(([tick, row]): (typeof run.ticks)[number] =>
    tick >= 30 ? [tick, { ...row, latency: new Map([[timelineBucket(300), 10]]) }] : [tick, row],
  );
  const [figures] = faultFigures(faultWindows(journal.slice(0, 2), startedAtMs), ticks, 100, 10_000);
  expect(figures?.recoveredAfterMs).toBeUndefined();
  expect(figures?.window.toMs).toBe(Infinity);
});

test('a fault with several victims is over at each of them when it is healed there', () => {
  const line = (at: number, event: string, target: string) => ({ at, event, id: 'p', kind: 'net.partition', target });
  const events = [line(10, 'inject', 'a'), line(11, 'inject', 'b'), line(20, 'heal', 'a'), line(31, 'heal', 'b')];
  expect(faultWindows(events, 0).map(({ target, fromMs, toMs }) => ({ target, fromMs, toMs }))).toEqual([
    { target: 'a', fromMs: 10, toMs: 20 },
    { target: 'b', fromMs: 11, toMs: 31 },
  ]);
});

test('journals: a half-written last line waits, any other bad line is named', () => {
  const line = JSON.stringify(journal[0]);
  expect(parseJournal(`${line}\n{"at": 1, "ev`)).toHaveLength(1);
  expect(() => parseJournal(`nonsense\n${line}\n`)).toThrow(/line 1/);
  expect(parseJournal('')).toEqual([]);
});

test('results survive the file, and what is no results file is refused', () => {
  const run = faulty();
  const again = decodeResult(encodeResult(run), 'x');
  expect(percentiles(again.latency.intended)).toEqual(percentiles(run.latency.intended));
  expect(again.ticks).toEqual(run.ticks);
  expect(again.counts).toEqual(run.counts);
  expect(again.journal).toEqual(run.journal);
  const bytes = encodeResult(run);
  expect(() => decodeResult(Buffer.from('PNG and so on'), 'x.bin')).toThrow(/^x\.bin\b.*\bresults file\b/);
  expect(() => decodeResult(bytes.subarray(0, bytes.length - 20), 'x.bin')).toThrow(/damaged/);
});

test('the summary names everything that matters, without colour when none is wanted', () => {
  const text = terminalReport(
    {
      ...faulty(),
      valid: false,
      reasons: ['the moon was full'],
      thresholds: [{ text: 'p(99)<1ms', actual: 10, unit: 'ms', passed: false }],
    },
    plain,
  );
  for (const part of [
    'open loop, constant, 100/s for 10s',
    'from intended time',
    'limp.latency ranking-1',
    '2.5s',
    '✗ p(99)<1ms',
    'not valid',
    'the moon was full',
  ])
    expect(text).toContain(part);
  expect(text).not.toContain('\u001b');
  expect(text.split('\n').every((line) => line.length <= 100)).toBe(true);
});

test('the report shows the advice of a verdict', () => {
  const advice = 'What to do: mend the scenario, then measure again.';
  expect(terminalReport({ ...faulty(), valid: false, reasons: ['x'], advice }, plain)).toContain(advice);
  expect(terminalReport(faulty(), plain)).not.toContain('What to do');
});

test('colour is for terminals, and NO_COLOR forbids it', () => {
  for (const name of ['FORCE_COLOR', 'NO_COLOR', 'NODE_DISABLE_COLORS']) vi.stubEnv(name, undefined);
  const terminal = Object.assign(new PassThrough(), {
    isTTY: true,
    getColorDepth: () => (process.env['NO_COLOR'] === undefined ? 8 : 1),
  });
  const red = (stream: NodeJS.WritableStream) => terminalStyle(stream).red('x');
  expect(red(terminal)).toBe('\u001b[31mx\u001b[39m');
  expect(red(new PassThrough())).toBe('x');
  vi.stubEnv('NO_COLOR', '1');
  expect(red(terminal)).toBe('x');
});

test('JSON and CSV carry the promised fields', () => {
  const run = faulty();
  expect(resultJson(run)).toMatchObject({
    asked: 1000,
    sent: 1000,
    done: 1000,
    right: 1000,
    wrong: 0,
    errors: 0,
    goodput: 100,
    latencyMs: { intended: { p50: expect.any(Number), p999: expect.any(Number) }, sent: {}, lateness: {} },
    valid: true,
    reasons: [],
    thresholds: [],
  });
  const lines = timelineCsv(run).trimEnd().split('\r\n');
  expect(lines).toHaveLength(101);
  expect(lines[0]?.split(',')).toHaveLength(14);
  expect(lines[31]?.startsWith('3000,')).toBe(true);
});

test('the page needs no network and cannot be broken by what it shows', async () => {
  const run = faulty();
  run.journal = journal.map((event) => ({ ...event, target: '</script><script>alert(1)</script>' }));
  run.plan.workload = { kind: 'url', request: { method: 'GET', target: '/"><img src=x>', name: 'x' } };
  const html = await htmlReport([run]);
  expect(html).not.toMatch(/<(script|link|img|iframe)[^>]+(src|href)=/);
  expect(html).not.toContain('<script>alert');
  expect(html).not.toContain('<img');
  expect(html.match(/<script>/g)).toHaveLength(2);
  expect(html).toContain('getContext("2d")');
  expect(html).toContain("default-src 'none'");
});

test('two runs are compared figure by figure', async () => {
  const a = judged(sampleRun(10));
  const b = judged(sampleRun(20));
  const text = comparisonText(a, b, ['before', 'after'], plain);
  expect(text).toMatch(/p99\s+10\.0 ms\s+20\.0 ms\s+\+100\.0%/);
  expect(await htmlReport([a, b], ['before', 'after'])).toContain('Comparison: before and after');
});

test('a progress line is cut to the terminal without counting colour codes', () => {
  expect(fitLine('\u001b[31mabcdef\u001b[39mgh', 6)).toBe('\u001b[31mabcde\u001b[39m');
});

test('right answers to the same question have one digest, wrong ones another', () => {
  const answer = {
    query: 'cat',
    total: 2,
    tookMs: 3,
    servedBy: ['a'],
    results: [{ id: '1', score: 0.1 + 0.2, title: 'x' }],
  };
  const same = { ...answer, tookMs: 9, servedBy: ['b'], results: [{ id: '1', score: 0.3, title: 'x' }] };
  const other = { ...answer, results: [{ id: '2', score: 0.3, title: 'x' }] };
  expect(answerDigest('', answer)).toBe(answerDigest('', same));
  expect(answerDigest('', answer)).not.toBe(answerDigest('', other));
  expect(answerDigest('', { a: 1, b: { c: 2, d: 3 } })).toBe(answerDigest('', { b: { d: 3, c: 2 }, a: 1 }));
  expect(answerDigest('text', undefined)).not.toBe(answerDigest('other', undefined));
});

test('answers are judged by status, then shape, then content', () => {
  const request = { method: 'GET', target: '/api/suggest?prefix=ca', name: 'suggest', schema: 'suggest' };
  const good = { suggestions: ['cat'] };
  const oracle = oracleOf(parseOracle(oracleText([[request.target, answerDigest('', good)]])));
  const check = checker('content', oracle, hasSchema);
  const answer = (status: number, body: unknown) => answerOf(status, Buffer.from(JSON.stringify(body)));
  expect(check.check(request, answer(200, good))).toEqual({ kind: 'right', compared: true });
  expect(check.check(request, answer(200, { suggestions: ['dog'] }))).toEqual({ kind: 'wrong', why: 'content' });
  expect(check.check(request, answer(200, { nothing: 1 }))).toEqual({ kind: 'wrong', why: 'schema' });
  expect(check.check(request, answer(500, good))).toEqual({ kind: 'error', why: 'status_500' });
  expect(check.check({ ...request, expect: [404] }, answer(404, {}))).toMatchObject({ kind: 'right' });
  expect(check.check({ ...request, target: '/unknown' }, answer(200, good))).toEqual({
    kind: 'right',
    compared: false,
  });
  expect(check.needsBody(request)).toBe(true);
  expect(checker('status', undefined, hasSchema).needsBody(request)).toBe(false);
});
