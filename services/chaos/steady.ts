import Type, { type Static } from 'typebox';
import type { Clock } from '../../shared/time/clock.ts';
import type { Scheduler, Timer } from '../../shared/time/scheduler.ts';

/** The steady state, in numbers that matter to users. */
export const Hypothesis = Type.Object(
  {
    errorShareBelow: Type.Number({ exclusiveMinimum: 0, maximum: 1, default: 0.01 }),
    p90BelowMs: Type.Number({ exclusiveMinimum: 0, default: 1_000 }),
  },
  { additionalProperties: false },
);
export type Hypothesis = Static<typeof Hypothesis>;

export interface SteadyState {
  readonly samples: number;
  readonly errorShare: number;
  readonly p90Ms: number;
  /** Why probes failed: the most frequent reason. */
  readonly failure?: string;
}

export interface ProbeSample {
  readonly at: number;
  readonly tookMs: number;
  /** Why it failed; absent = it was answered well. */
  readonly failure?: string;
}

/**
 * Of ten samples the 90th percentile is the second slowest. So one slow probe alone does not exceed the limit. A 99th
 * percentile would need a hundred samples: of ten samples it is the slowest one. Fewer than ten samples prove nothing.
 */
export const minSamples = 10;

export function steadyStateOf(samples: readonly ProbeSample[]): SteadyState {
  const failures = samples.flatMap(({ failure }) => failure ?? []);
  const times = samples.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  return {
    samples: samples.length,
    errorShare: samples.length === 0 ? 0 : failures.length / samples.length,
    p90Ms: times[Math.max(0, Math.ceil(0.9 * times.length) - 1)] ?? 0,
    ...(failures.length > 0 ? { failure: mostFrequent(failures) } : {}),
  };
}

function mostFrequent(words: readonly string[]): string {
  const counts = [...Map.groupBy(words, (word) => word)].map(([word, same]) => ({ word, count: same.length }));
  return counts.reduce((most, each) => (each.count > most.count ? each : most)).word;
}

/** The share of failed probes and the reason; all messages use this wording. */
export function failing({ errorShare, failure }: SteadyState): string {
  return `${percent(errorShare)} of the probes fail (${failure})`;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;

/** A sentence about the violated limit; undefined = steady. */
export function broken(state: SteadyState, hypothesis: Hypothesis): string | undefined {
  if (state.samples < minSamples)
    return `only ${state.samples} probes were answered or failed so far, ${minSamples} are needed`;
  if (state.errorShare >= hypothesis.errorShareBelow)
    return `${failing(state)}; steady means less than ${percent(hypothesis.errorShareBelow)}`;
  if (state.p90Ms >= hypothesis.p90BelowMs)
    return `the 90th percentile is ${state.p90Ms.toFixed(0)} ms; steady means less than ${hypothesis.p90BelowMs} ms`;
  return undefined;
}

/** How long a probe is remembered, ms. */
const keepMs = 60_000;

interface MeterOptions {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /**
   * One request as a user would send it; rejects when it fails, with a sentence that says where and why. Must be
   * bounded in time.
   */
  readonly probe: () => Promise<void>;
  readonly everyMs?: number;
}

export type SteadyMeter = ReturnType<typeof createSteadyMeter>;

/**
 * Probes at a fixed rate, whether or not earlier probes were answered, so that a stall is visible. Runs while at least
 * one part of the program has called `hold` and not released it.
 */
export function createSteadyMeter({ clock, scheduler, probe, everyMs = 100 }: MeterOptions) {
  const holders = new Set<object>();
  const phases = new Set<ProbeSample[]>();
  let samples: ProbeSample[] = [];
  let timer: Timer | undefined;

  function once(): Promise<void> {
    const startedAt = clock.now();
    const record = (failed: { readonly failure?: string }) => {
      const at = clock.now();
      const sample = { at, tookMs: at - startedAt, ...failed };
      samples.push(sample);
      for (const phase of phases) phase.push(sample);
      if (samples[0]!.at < at - keepMs) samples = samples.filter((it) => it.at >= at - keepMs);
    };
    return probe().then(
      () => record({}),
      (error: unknown) => record({ failure: error instanceof Error ? error.message : String(error) }),
    );
  }

  return {
    /** The returned function ends this hold; idempotent. */
    hold(): () => void {
      const holder = {};
      holders.add(holder);
      timer ??= scheduler.every(everyMs, () => void once());
      return function release() {
        holders.delete(holder);
        if (holders.size > 0) return;
        timer?.cancel();
        timer = undefined;
      };
    },
    /** Sends the minimum number of probes at once, for callers that cannot wait for the meter. */
    async burst(): Promise<SteadyState> {
      const since = clock.now();
      await Promise.all(Array.from({ length: minSamples }, once));
      return steadyStateOf(samples.filter(({ at }) => at >= since));
    },
    /** Collects every probe from now on. `end` returns the summary, `drop` discards it; both are idempotent. */
    phase(): { readonly end: () => SteadyState; readonly drop: () => void } {
      const own: ProbeSample[] = [];
      phases.add(own);
      const drop = () => void phases.delete(own);
      return {
        end() {
          drop();
          return steadyStateOf(own);
        },
        drop,
      };
    },
    /** Over the probes that ended since `since`, ms on the monotonic clock; no further back than `keepMs`. */
    state: (since: number): SteadyState => steadyStateOf(samples.filter(({ at }) => at >= since)),
  };
}
