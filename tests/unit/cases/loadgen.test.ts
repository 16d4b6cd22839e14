import { expect, test } from 'vitest';
import { wireEncoder } from '../../../loadgen/client/wire.ts';
import { trialVerdict } from '../../../loadgen/commands/find.ts';
import { conclude } from '../../../loadgen/commands/sweep.ts';
import { nextMove, startSession } from '../../../loadgen/engine/session.ts';
import { timeHistogram } from '../../../loadgen/measure/histogram.ts';
import type { Measured } from '../../../loadgen/measure/measured.ts';
import { recorder } from '../../../loadgen/measure/recorder.ts';
import { mergeMoments, moments, observe, variation } from '../../../loadgen/measure/variation.ts';
import type { Arrivals } from '../../../loadgen/options/plan.ts';
import { parseHeader } from '../../../loadgen/options/quantities.ts';
import { parseTarget } from '../../../loadgen/options/target.ts';
import { resultJson } from '../../../loadgen/report/json.ts';
import { htmlReport } from '../../../loadgen/report/page/page.ts';
import { decodeResult, encodeResult } from '../../../loadgen/report/results-file.ts';
import { terminalReport } from '../../../loadgen/report/terminal.ts';
import { terminalStyle } from '../../../loadgen/report/terminal-style.ts';
import { arrivalProcess, shareOf } from '../../../loadgen/schedule/arrivals.ts';
import { constantProfile } from '../../../loadgen/schedule/profile.ts';
import { judge, parseThreshold } from '../../../loadgen/verdict/thresholds.ts';
import { validity } from '../../../loadgen/verdict/validity.ts';
import { parseRequestList } from '../../../loadgen/workload/list.ts';
import type { Session } from '../../../loadgen/workload/request.ts';
import type { WorkloadSpec } from '../../../loadgen/workload/spec.ts';
import { seededRandom } from '../../../shared/time/random.ts';
import { PassThrough } from 'node:stream';
import { judged, sampleRun } from '../loadgen/sample-run.ts';

const scenario = (request: unknown) => () => [request].values() as unknown as Session;

/** The three ways on which a header comes in, each as the sentence that refuses it; undefined: it is sent. */
function refusals(name: string, value: string): (string | undefined)[] {
  const thrown = (run: () => unknown): string | undefined => {
    try {
      run();
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  };
  const session = startSession(scenario({ method: 'GET', target: '/', name: 'x', headers: { [name]: value } }));
  const move = typeof session === 'string' ? undefined : nextMove(session, undefined);
  return [
    thrown(() => parseHeader(`${name}: ${value}`)),
    thrown(() => parseRequestList(JSON.stringify({ target: '/', headers: { [name]: value } }))),
    move?.kind === 'broken' ? move.why : undefined,
  ];
}

test.each([
  { id: 'L2', input: ['x-name', 'Łukasz'], right: /outside of Latin-1/ },
  { id: 'L2', input: ['x-name', '東京'], right: /outside of Latin-1/ },
  { id: 'L2', input: ['x-smile', 'a😀'], right: /outside of Latin-1/ },
  { id: 'L2', input: ['x-half', '\ud800'], right: /outside of Latin-1/ },
  { id: 'L2', input: ['x-id', '1\r\nx-evil: 1'], right: /control character/ },
  { id: 'L2', input: ['x-id', '1\nx-evil: 1'], right: /control character/ },
  { id: 'L2', input: ['x-id', 'a\u0000b'], right: /control character/ },
  { id: 'L2', input: ['x-id', 'a\u007fb'], right: /control character/ },
  { id: 'L2', input: ['x-id', 'a\u0085b'], right: /control character/ },
  { id: 'L2', input: ['content-length', '5'], right: /set by the generator itself/ },
  { id: 'L2', input: ['Transfer-Encoding', 'chunked'], right: /set by the generator itself/ },
  { id: 'L2', input: ['x evil', '1'], right: /cannot be the name of a header/ },
  { id: 'L2', input: ['', '1'], right: /cannot be the name of a header/ },
])(
  '$id refuses the header $input with one sentence, wherever it comes from',
  ({ input: [name = '', value = ''], right }) => {
    for (const refusal of refusals(name, value)) expect(refusal).toMatch(right);
  },
);

test.each([
  { id: 'L2', input: ['x-name', 'Müller'], right: 'x-name: Müller' },
  { id: 'L2', input: ['x-tab', 'a\tb'], right: 'x-tab: a\tb' },
  { id: 'L2', input: ['x-empty', ''], right: 'x-empty: ' },
  { id: 'L2', input: ['x-odd', '"quoted; text=1"'], right: 'x-odd: "quoted; text=1"' },
])('$id sends the header $input as it is', ({ input: [name = '', value = ''], right }) => {
  expect(refusals(name, value)).toEqual([undefined, undefined, undefined]);
  const [request] = parseRequestList(JSON.stringify({ target: '/', headers: { [name]: value } }));
  expect(wireEncoder('h', [])(request!)).toBe(`GET / HTTP/1.1\r\nhost: h\r\n${right}\r\n\r\n`);
});

test.each([
  {
    id: 'L2',
    input: '{"target":"/","headers":["a"]}',
    right: /headers are not an object|cannot be the name|not a text/,
  },
  { id: 'L2', input: '{"target":"/","headers":{"x":1}}', right: /value of the header x is not a text/ },
  { id: 'L2', input: '{"target":"/","headers":null}', right: /headers are not an object/ },
  { id: 'L2', input: '{"target":"/","headers":{"X":"1","x":"2"}}', right: /header x twice/ },
  { id: 'L2', input: '{"target":"/","method":5}', right: /method/ },
  { id: 'L2', input: '{"target":"/","method":"CONNECT"}', right: /method/ },
  { id: 'L2', input: '{"target":"/","expect":200}', right: /"expect"/ },
  { id: 'L2', input: '{"target":"/","schema":"serach"}', right: /no schema "serach".*search, page, suggest/ },
  { id: 'L2', input: '{"target":"/","name":7}', right: /name/ },
  { id: 'L2', input: '{"target":"/a b"}', right: /target/ },
  { id: 'L2', input: '{"target":"/"', right: /JSON/ },
])('$id names the line and the reason of the request $input', ({ input, right }) => {
  expect(() => parseRequestList(`/ok\n${input}\n`)).toThrow(right);
  expect(() => parseRequestList(`/ok\n${input}\n`)).toThrow(/line 2 /);
});

test('L2 lets a header of a request take the place of the one for all requests', () => {
  const encode = wireEncoder('h', [
    ['authorization', 'all'],
    ['x-all', '1'],
  ]);
  const wire = encode({ method: 'GET', target: '/', name: 'x', headers: { Authorization: 'one', Host: 'other' } });
  expect(wire).toBe('GET / HTTP/1.1\r\nx-all: 1\r\nAuthorization: one\r\nHost: other\r\n\r\n');
});

const of = (ms: number, n = 1000) => {
  const histogram = timeHistogram();
  for (let i = 0; i < n; i++) histogram.record(ms);
  return histogram;
};
const healthy = sampleRun();
const atCap = { workers: [{ ...healthy.workers[0]!, atCap: 0.9 }] };

test.each<{ id: string; input: string; change: Partial<Measured>; right: RegExp }>([
  {
    id: 'L3',
    input: 'no open files',
    change: { codes: { no_files: 3600 }, machine: { ...healthy.machine, openFiles: 150 } },
    right: /ran out of open files for 3600 requests.*the 150 that a process may have.*256 now/,
  },
  {
    id: 'L3',
    input: 'no open files and an unknown limit',
    change: { codes: { no_files: 1 }, machine: { ...healthy.machine, openFiles: undefined } },
    right: /ran out of open files.*its limit/,
  },
  { id: 'L3', input: 'no ports', change: { codes: { no_ports: 1 } }, right: /ran out of ports for 1 requests/ },
  { id: 'L3', input: 'no memory', change: { codes: { no_memory: 5 } }, right: /ran out of memory for 5 requests/ },
  {
    id: 'L3',
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

test.each<{ id: string; input: string; sentMs: number; intendedMs: number; slo: string; right: string }>([
  {
    id: 'L3',
    input: 'fast answers behind a full cap',
    sentMs: 100,
    intendedMs: 900,
    slo: 'p(99)<200ms',
    right: 'generator',
  },
  {
    id: 'L3',
    input: 'a mean from sending that holds',
    sentMs: 40,
    intendedMs: 400,
    slo: 'avg<50ms',
    right: 'generator',
  },
  {
    id: 'L3',
    input: 'a goodput that the cap cuts',
    sentMs: 10,
    intendedMs: 90,
    slo: 'goodput>200/s',
    right: 'generator',
  },
  {
    id: 'L3',
    input: 'slow answers behind a full cap',
    sentMs: 700,
    intendedMs: 900,
    slo: 'p(99)<200ms',
    right: 'fail',
  },
  { id: 'L3', input: 'a slow median, too', sentMs: 300, intendedMs: 900, slo: 'p(50)<200ms', right: 'fail' },
])('$id tells the cap from the server: $input is "$right"', ({ sentMs, intendedMs, slo, right }) => {
  const latency = { ...healthy.latency, sent: of(sentMs), intended: of(intendedMs) };
  const run = sampleRun(10, { ...atCap, latency, flight: { count: 0, meanMs: 0 } });
  const threshold = parseThreshold(slo);
  const verdict = trialVerdict({ ...judged(run), ...validity(run), thresholds: [judge(threshold, run)] }, [threshold]);
  expect(verdict.outcome).toBe(right);
});

test.each([
  { id: 'L3', input: 'the largest size lost', lost: [64], right: 'no-conclusion' },
  { id: 'L3', input: 'a size in the middle lost', lost: [8], right: 'no-conclusion' },
  { id: 'L3', input: 'several lost', lost: [16, 32, 64], right: 'no-conclusion' },
  { id: 'L3', input: 'none lost', lost: [], right: 'fitted' },
])('$id sweep with $input: $right', ({ lost, right }) => {
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
  if (fit.kind === 'no-conclusion') expect(fit.why).toMatch(/in flight the generator ran out of open files/);
});

test.each([
  { id: 'L4', input: undefined, right: /not an object/ },
  { id: 'L4', input: 5, right: /not an object/ },
  { id: 'L4', input: '/path', right: /not an object/ },
  { id: 'L4', input: [], right: /not an object/ },
  { id: 'L4', input: {}, right: /method/ },
  { id: 'L4', input: { thinkMs: Number.NaN }, right: /pauses for NaN/ },
  { id: 'L4', input: { thinkMs: Infinity }, right: /pauses for Infinity/ },
  { id: 'L4', input: { thinkMs: -1 }, right: /pauses for -1/ },
  { id: 'L4', input: { thinkMs: '1s' }, right: /pauses for 1s/ },
])('$id calls a session that yields $input broken and says why', ({ input, right }) => {
  const session = startSession(scenario(input)) as Session;
  expect(nextMove(session, undefined)).toEqual({ kind: 'broken', why: expect.stringMatching(right) });
});

test.each<{ id: string; input: string; start: () => unknown; right: RegExp }>([
  { id: 'L4', input: 'no generator', start: () => 5, right: /not a generator function/ },
  { id: 'L4', input: 'nothing', start: () => undefined, right: /not a generator function/ },
  {
    id: 'L4',
    input: 'a throw before the first step',
    start: () => {
      throw new TypeError('no such\nfield');
    },
    right: /^TypeError: no such field$/,
  },
  {
    id: 'L4',
    input: 'a throw of null',
    start: () => ({
      next: () => {
        throw null;
      },
    }),
    right: /it throws null/,
  },
  {
    id: 'L4',
    input: 'an async generator',
    start: async function* () {
      yield await Promise.resolve(1);
    },
    right: /async generator/,
  },
])('$id calls a scenario with $input broken and says why', ({ start, right }) => {
  const session = startSession(start as () => Session);
  const why = typeof session === 'string' ? session : nextMove(session, undefined);
  expect(typeof why === 'string' ? why : why.kind === 'broken' && why.why).toMatch(right);
});

test.each<{ id: string; workers: number; arrivals: Arrivals; right: number }>([
  { id: 'L5', workers: 1, arrivals: { kind: 'poisson' }, right: 1 },
  { id: 'L5', workers: 2, arrivals: { kind: 'poisson' }, right: 1 },
  { id: 'L5', workers: 4, arrivals: { kind: 'poisson' }, right: 1 },
  { id: 'L5', workers: 8, arrivals: { kind: 'poisson' }, right: 1 },
  { id: 'L5', workers: 8, arrivals: { kind: 'constant' }, right: 0 },
  { id: 'L5', workers: 4, arrivals: { kind: 'burst', size: 20 }, right: Math.sqrt(19) },
])(
  '$id reports a variation of $right for $arrivals.kind arrivals over $workers workers',
  ({ workers, arrivals, right }) => {
    const all: { intended: ReturnType<typeof moments>; sent: ReturnType<typeof moments> }[] = [];
    for (let index = 0; index < workers; index++) {
      const process = arrivalProcess(arrivals, constantProfile(1000, 20_000), seededRandom('L5'));
      const share = shareOf(process, index, workers);
      const record = recorder({ startMs: 0, tickMs: 1000, sloMs: 1000 });
      for (let at = share.next(); at < 20_000; at = share.next()) {
        const exchange = {
          request: { method: 'GET', target: '/', name: '/' },
          intendedMs: at,
          dispatchedMs: at,
          sentMs: at + 0.1,
          keepBody: false,
          answered() {},
          failed() {},
          ...(share.gapMs() === undefined ? {} : { gapMs: share.gapMs()! }),
        };
        record.asked(exchange);
        record.sent(exchange);
      }
      const { gapsIntended, gapsSent } = record.totals();
      all.push({ intended: gapsIntended, sent: gapsSent });
    }
    for (const which of ['intended', 'sent'] as const) {
      const merged = all.map((worker) => worker[which]).reduce(mergeMoments, moments());
      expect(variation(merged)).toBeGreaterThan(right - 0.03);
      expect(variation(merged)).toBeLessThan(right + 0.03);
    }
  },
);

test('L5 the gaps of the shares are those of the whole process', () => {
  const process = () => arrivalProcess({ kind: 'poisson' }, constantProfile(100, 5000), seededRandom('gaps'));
  const whole = moments();
  const one = process();
  for (let before = one.next(), at = one.next(); at < 5000; before = at, at = one.next()) observe(whole, at - before);
  const shares = [0, 1, 2].map((index) => {
    const share = shareOf(process(), index, 3);
    const into = moments();
    for (let at = share.next(); at < 5000; at = share.next())
      if (share.gapMs() !== undefined) observe(into, share.gapMs()!);
    return into;
  });
  const merged = shares.reduce(mergeMoments, moments());
  expect(merged.n).toBe(whole.n);
  expect(merged.m2).toBeCloseTo(whole.m2, 6);
});

test.each([
  { id: 'L6', input: 'fast 503s', kind: 'error', failMs: 1 },
  { id: 'L6', input: 'slow 500s', kind: 'error', failMs: 900 },
  { id: 'L6', input: 'fast wrong answers', kind: 'wrong', failMs: 1 },
  { id: 'L6', input: 'refused connections', kind: 'refused', failMs: 0.5 },
])('$id $input do not touch the latency of right answers, and have one of their own', ({ kind, failMs }) => {
  const record = recorder({ startMs: 0, tickMs: 1000, sloMs: 1000 });
  for (let i = 0; i < 1000; i++) {
    const exchange = {
      request: { method: 'GET', target: '/', name: '/' },
      intendedMs: i,
      dispatchedMs: i,
      sentMs: i,
      keepBody: false,
      answered() {},
      failed() {},
    };
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
  const exchange = {
    request: { method: 'GET', target: '/', name: '/' },
    intendedMs: 0,
    dispatchedMs: 0,
    sentMs: 0,
    keepBody: false,
    answered() {},
    failed() {},
  };
  record.failed(exchange, 300, { code: 'timeout', detail: '' });
  expect(timeHistogram(record.totals().intended).percentileMs(50)).toBeCloseTo(300, 0);
  expect(timeHistogram(record.totals().errors).percentileMs(50)).toBeCloseTo(300, 0);
});

test('L6 both latencies are in every report, and thresholds may name either', async () => {
  const run = judged(sampleRun(100, { latency: { ...healthy.latency, intended: of(100), errors: of(2) } }));
  expect(terminalReport(run, terminalStyle(new PassThrough()))).toMatch(/errors and wrong\s+2\.00 ms/);
  expect(await htmlReport([run])).toMatch(/errors and wrong answers<\/td><td>2\.00 ms/);
  expect(resultJson(run)).toMatchObject({
    latencyMs: { intended: { p50: expect.closeTo(100, 0) }, errors: { p50: 2 } },
  });
  expect(judge(parseThreshold('errors:p(99)<5ms'), run).passed).toBe(true);
  expect(judge(parseThreshold('p(50)>90ms'), run).passed).toBe(true);
});

const secret = 'sesame-7f3a';
const headers = { authorization: `Bearer ${secret}` };
const secretWorkloads: { id: string; input: string; workload: WorkloadSpec }[] = [
  {
    id: 'L7',
    input: 'a header of a list',
    workload: { kind: 'list', requests: [{ method: 'GET', target: '/', name: '/', headers }] },
  },
  {
    id: 'L7',
    input: 'a body of a list',
    workload: {
      kind: 'list',
      requests: [{ method: 'POST', target: '/', name: '/', body: `{"password":"${secret}"}` }],
    },
  },
  {
    id: 'L7',
    input: 'a header of a single request',
    workload: { kind: 'url', request: { method: 'GET', target: '/', name: '/', headers } },
  },
  {
    id: 'L7',
    input: 'a body of a single request',
    workload: { kind: 'url', request: { method: 'POST', target: '/', name: '/', body: secret } },
  },
  {
    id: 'L7',
    input: 'the folder of a scenario',
    workload: { kind: 'scenario', file: `/home/${secret}/a.ts`, words: [] },
  },
];

test.each(secretWorkloads)('$id $input is in no result and no report', async ({ workload }) => {
  const run = judged(sampleRun());
  run.plan = { ...run.plan, workload, headers: [['cookie', secret]], ca: secret };
  const again = decodeResult(encodeResult(run), 'x');
  expect(JSON.stringify(again)).not.toContain(secret);
  expect(JSON.stringify(resultJson(run))).not.toContain(secret);
  expect(terminalReport(run, terminalStyle(new PassThrough()))).not.toContain(secret);
  expect(await htmlReport([run])).not.toContain(secret);
});

test.each([
  { id: 'L7', input: () => parseHeader(`authorization Bearer ${secret}`) },
  { id: 'L7', input: () => parseHeader(`authorization: Bearer ${secret}\u0001`) },
  { id: 'L7', input: () => parseHeader(`authorization: Bearer ${secret} Ł`) },
  { id: 'L7', input: () => parseRequestList(`{"target":"/","headers":{"authorization":"Bearer ${secret}\\n"}}`) },
  { id: 'L7', input: () => parseRequestList(`{"target":"/","headers":{"authorization":"Bearer ${secret}"}`) },
  { id: 'L7', input: () => parseTarget(`http://user:${secret}@127.0.0.1:99999/`) },
  { id: 'L7', input: () => parseTarget(`http://user:${secret}@127.0.0.1/`) },
])('$id an error does not repeat a secret ($input)', ({ input }) => {
  let message = '';
  try {
    input();
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message).not.toBe('');
  expect(message).not.toContain(secret);
});
