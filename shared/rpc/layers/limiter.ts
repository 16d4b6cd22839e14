import type { Call } from '../call.ts';
import type { Observe } from './events.ts';
import { type GradientSettings, initialGradient, nextBaseline, nextGradient } from './gradient.ts';

/** Counts what a server is doing, window by window, and holds the limit that `gradient` makes of it. No timers: answers move it on. */
export interface Limiter {
  readonly limit: number;
  readonly inFlight: number;
  /** Mean latency of the last window, ms. */
  readonly meanMs: number;
  begin(now: number): Admitted;
  refuse(): void;
  end(admitted: Admitted, call: Call, now: number, how: 'answered' | 'timed_out' | 'failed'): void;
}

/** A call that was let in; `alone` when nothing else was under way. */
export interface Admitted {
  readonly startedAt: number;
  readonly alone: boolean;
}

/** Latencies of one operation: operations differ in cost, and their mix changes, so each is compared with itself. */
interface Sums {
  sumMs: number;
  samples: number;
  aloneSumMs: number;
  aloneSamples: number;
  baselineMs: number | undefined;
}

export function createLimiter(settings: GradientSettings, startedAt: number, observe: Observe): Limiter {
  const operations = new Map<string, Sums>();
  let gradient = initialGradient(settings, startedAt);
  let windowAt = startedAt;
  let samples = 0;
  let refused = 0;
  let maxInFlight = 0;
  let inFlight = 0;
  let meanMs = 0;

  function openWindow(now: number): void {
    windowAt = now;
    samples = refused = 0;
    maxInFlight = inFlight;
    for (const sums of operations.values()) sums.sumMs = sums.samples = sums.aloneSumMs = sums.aloneSamples = 0;
  }

  function closeWindow(now: number): void {
    const shedShare = refused / (refused + samples);
    let totalMs = 0;
    let unqueuedMs = 0;
    for (const sums of operations.values()) {
      if (sums.samples === 0) continue;
      sums.baselineMs = nextBaseline(sums.baselineMs, sums, shedShare >= settings.overloadShare);
      totalMs += sums.sumMs;
      unqueuedMs += sums.samples * sums.baselineMs;
    }
    meanMs = totalMs / Math.max(1, samples);
    const before = gradient.limit;
    const slowdown = unqueuedMs > 0 ? totalMs / unqueuedMs : 1;
    gradient = nextGradient(settings, gradient, { durationMs: now - windowAt, slowdown, maxInFlight, shedShare }, now);
    if (Math.round(before) !== Math.round(gradient.limit))
      observe({
        event: 'limit',
        limit: gradient.limit,
        baselineMs: unqueuedMs / Math.max(1, samples),
        windowMs: meanMs,
      });
    openWindow(now);
  }

  function record({ startedAt, alone }: Admitted, call: Call, now: number, answered: boolean): void {
    // What began before a probe met the queue of before.
    if (gradient.probing && startedAt < windowAt) return;
    const elapsedMs = now - startedAt;
    const key = `${call.component}.${call.operation.name}`;
    let sums = operations.get(key);
    if (!sums)
      operations.set(key, (sums = { sumMs: 0, samples: 0, aloneSumMs: 0, aloneSamples: 0, baselineMs: undefined }));
    // A call that ran into its deadline would have taken longer: that is news when it was slow, and none when the deadline was short.
    if (!answered && !(elapsedMs > sums.baselineMs!)) return;
    sums.sumMs += elapsedMs;
    sums.samples++;
    samples++;
    if (!alone) return;
    sums.aloneSumMs += elapsedMs;
    sums.aloneSamples++;
  }

  return {
    get limit() {
      return gradient.probing ? 1 : gradient.limit;
    },
    get inFlight() {
      return inFlight;
    },
    get meanMs() {
      return meanMs;
    },
    begin(now) {
      inFlight++;
      maxInFlight = Math.max(maxInFlight, inFlight);
      return { startedAt: now, alone: inFlight === 1 };
    },
    refuse() {
      refused++;
    },
    end(admitted, call, now, how) {
      inFlight--;
      if (how !== 'failed') record(admitted, call, now, how === 'answered');
      const ageMs = now - windowAt;
      if (
        gradient.probing
          ? samples >= settings.probeSamples
          : samples >= settings.minSamples && ageMs >= settings.windowMs
      )
        closeWindow(now);
      else if (ageMs >= 8 * settings.windowMs) {
        // Too few calls to learn from, and no reason to hold any back.
        gradient = { ...gradient, probing: false };
        openWindow(now);
      }
    },
  };
}
