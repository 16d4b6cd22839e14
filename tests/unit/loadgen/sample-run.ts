import { timelineBucket } from '../../../loadgen/measure/buckets.ts';
import type { TimedRequest } from '../../../loadgen/client/pool.ts';
import { timeHistogram, type TimeHistogram } from '../../../loadgen/measure/histogram.ts';
import { emptyRow } from '../../../loadgen/measure/timeline.ts';
import type { TickRow } from '../../../loadgen/measure/timeline.ts';
import { parseTarget } from '../../../loadgen/options/target.ts';
import type { MeasuredRun } from '../../../loadgen/measure/measured.ts';
import type { RunResult } from '../../../loadgen/verdict/result.ts';
import { constantStages } from '../../../loadgen/schedule/profile.ts';

/** A histogram of a thousand equal times. */
export function histogramOf(ms: number): TimeHistogram {
  const histogram = timeHistogram();
  for (let i = 0; i < 1000; i++) histogram.record(ms);
  return histogram;
}

/** A request for `/` that was due, dispatched and sent at these times, ms. */
export const exchangeAt = (intendedMs: number, sentMs = intendedMs, gapMs?: number): TimedRequest => ({
  request: { method: 'GET', target: '/', name: '/' },
  intendedMs,
  dispatchedMs: intendedMs,
  sentMs,
  keepBody: false,
  answered() {},
  failed() {},
  ...(gapMs !== undefined && { gapMs }),
});

/**
 * A run at 100/s for 10 s in which every answer took `latencyMs`. It is healthy in every respect, except for `change`.
 */
export function sampleRun(latencyMs = 10, change: Partial<MeasuredRun> = {}): MeasuredRun {
  const n = 1000;
  const ticks = Array.from({ length: 100 }, (_, tick): [number, TickRow] => [
    tick,
    {
      ...emptyRow(),
      asked: 10,
      sent: 10,
      done: 10,
      right: 10,
      good: 10,
      latency: new Map([[timelineBucket(latencyMs), 10]]),
    },
  ]);
  return {
    plan: {
      target: parseTarget('http://127.0.0.1:8000'),
      model: { kind: 'open', stages: constantStages(100, 10_000), arrivals: { kind: 'constant' } },
      durationMs: 10_000,
      connections: 256,
      workers: 1,
      seed: '1',
      precise: false,
      timeoutMs: 10_000,
      headers: [],
      workload: { kind: 'url', request: { method: 'GET', target: '/', name: '/' } },
      check: 'schema',
      sloMs: 1000,
      insecure: false,
    },
    startedAtMs: 1_700_000_000_000,
    durationMs: 10_000,
    ending: { kind: 'finished' },
    counts: { asked: n, sent: n, done: n, right: n, wrong: 0, errors: 0, good: n, compared: 0, resent: 0, bytes: 3000 },
    codes: {},
    names: { '/': { done: n, errors: 0 } },
    latency: {
      intended: histogramOf(latencyMs),
      sent: histogramOf(latencyMs),
      errors: timeHistogram(),
      lateness: histogramOf(0.1),
      own: histogramOf(0.1),
    },
    flight: { count: n, meanMs: latencyMs },
    waited: 0,
    sessions: { started: 0, broken: 0, why: [] },
    wrongAnswers: [],
    gaps: { intended: 0, sent: 0.1 },
    skew: undefined,
    tickMs: 100,
    ticks,
    workers: [
      {
        meanInFlight: (100 * latencyMs) / 1000,
        atCap: 0,
        loopUtilisation: 0.1,
        loopDelayP99Ms: 1,
        runDelay: 0.01,
        cpuMs: 500,
        unsent: 0,
        unanswered: 0,
        elapsedMs: 10_000,
      },
    ],
    journal: [],
    machine: { node: 'v26', cores: 2, platform: 'linux', openFiles: 1024 },
    ...change,
  };
}

export function judged(run: MeasuredRun): RunResult {
  return { ...run, valid: true, reasons: [], notes: [], generatorAtFault: false, advice: undefined, thresholds: [] };
}
