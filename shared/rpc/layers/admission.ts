import Type, { type Static } from 'typebox';
import type { Clock } from '../../time/clock.ts';
import type { Call, Layer, Priority } from '../call.ts';
import { asRpcError, RpcError } from '../errors.ts';
import type { Observe } from './events.ts';
import { GradientSettings, initialGradient, isUnqueued, nextBaseline, nextGradient } from './gradient.ts';

export const AdmissionSettings = Type.Object(
  {
    ...GradientSettings.properties,
    lagMs: Type.Number({
      default: 100,
      minimum: 1,
      description: 'event-loop delay beyond which the unimportant is refused; reads at four times this',
    }),
    fixedLimit: Type.Optional(Type.Number({ minimum: 1, description: 'set by hand instead: for experiments with bad settings' })),
  },
  { additionalProperties: false },
);
export type AdmissionSettings = Static<typeof AdmissionSettings>;

/** Which part of the limit each priority may fill: what is left above is kept for those before it. */
const shareOf: Record<Priority, number> = { health: Infinity, read: 1, write: 0.9, background: 0.5 };
/** How many times `lagMs` each priority bears. */
const lagShareOf: Record<Priority, number> = { health: Infinity, read: 4, write: 2, background: 1 };

/** Whether one more call may begin, with `inFlight` under way. One call always may, or nothing would ever be learnt. */
export function isAdmitted(
  priority: Priority,
  load: { inFlight: number; limit: number; lagMs: number },
  maxLagMs: number,
): boolean {
  if (load.inFlight === 0 && priority !== 'background') return true;
  return load.inFlight < load.limit * shareOf[priority] && load.lagMs <= maxLagMs * lagShareOf[priority];
}

export interface AdmissionDependencies {
  readonly clock: Clock;
  /** How late the event loop runs now, ms: sees the work that is waiting outside of any call. */
  readonly lagMs?: () => number;
  readonly observe: Observe;
}

/** Answers of one window, by operation: operations differ in cost, and their mix changes. */
interface Sums {
  sumMs: number;
  samples: number;
}

/**
 * Server side: takes no more calls at a time than can be served without queueing, and refuses the rest at once: `overloaded`, definite, with
 * the time after which to try again. What is accepted stays fast, and the server spends its time on answers that are still wanted.
 * Health checks pass; so do calls from within this node, which were admitted with the call that makes them.
 */
export function admission(settings: AdmissionSettings, { clock, lagMs = () => 0, observe }: AdmissionDependencies): Layer {
  const baselines = new Map<string, number>();
  const sums = new Map<string, Sums>();
  let gradient = initialGradient(settings, clock.now());
  let windowAt = clock.now();
  let samples = 0;
  let maxInFlight = 0;
  let timeouts = 0;
  let inFlight = 0;
  let meanMs = 0;

  function openWindow(now: number): void {
    windowAt = now;
    samples = 0;
    timeouts = 0;
    maxInFlight = inFlight;
    for (const sum of sums.values()) sum.sumMs = sum.samples = 0;
  }

  function closeWindow(now: number): void {
    let totalMs = 0;
    let unqueuedMs = 0;
    const seen = { slowdown: 1, maxInFlight, timeouts };
    const unqueued = isUnqueued(gradient, seen);
    for (const [key, sum] of sums) {
      if (sum.samples === 0) continue;
      baselines.set(key, nextBaseline(baselines.get(key), sum.sumMs / sum.samples, unqueued));
      totalMs += sum.sumMs;
      unqueuedMs += sum.samples * baselines.get(key)!;
    }
    meanMs = totalMs / Math.max(1, samples);
    const before = gradient;
    gradient = nextGradient(settings, gradient, { ...seen, slowdown: unqueuedMs > 0 ? totalMs / unqueuedMs : 1 }, now);
    if (Math.round(before.limit) !== Math.round(gradient.limit))
      observe({ event: 'limit', limit: gradient.limit, baselineMs: unqueuedMs / Math.max(1, samples), windowMs: meanMs });
    openWindow(now);
  }

  function record(call: Call, startedAt: number, now: number): void {
    // Calls from before the window met the queue of before.
    if (gradient.probing && startedAt < windowAt) return;
    const key = `${call.component}.${call.operation.name}`;
    let sum = sums.get(key);
    if (!sum) sums.set(key, (sum = { sumMs: 0, samples: 0 }));
    sum.sumMs += now - startedAt;
    sum.samples++;
    samples++;
  }

  function adjust(now: number): void {
    const enough = samples + timeouts >= settings.minSamples;
    const age = now - windowAt;
    if (enough && (gradient.probing || age >= settings.windowMs)) closeWindow(now);
    // Few calls: nothing to learn from, and no reason to hold any back.
    else if (age >= 8 * settings.windowMs) {
      gradient = { ...gradient, probing: false };
      openWindow(now);
    }
  }

  return function admission(next) {
    return async (call) => {
      if (call.priority === 'health' || call.endpoint !== undefined) return next(call);
      const startedAt = clock.now();
      const limit = settings.fixedLimit ?? (gradient.probing ? settings.minLimit : gradient.limit);
      if (!isAdmitted(call.priority, { inFlight, limit, lagMs: lagMs() }, settings.lagMs)) {
        observe({ event: 'shed', call, limit });
        // About when the calls under way will have been answered.
        const retryAfterMs = Math.min(1_000, Math.max(10, Math.round(meanMs)));
        throw new RpcError('overloaded', 'too many calls are under way already', { retryAfterMs });
      }
      inFlight++;
      maxInFlight = Math.max(maxInFlight, inFlight);
      try {
        const reply = await next(call);
        record(call, startedAt, clock.now());
        return reply;
      } catch (thrown) {
        if (asRpcError(thrown).code === 'deadline_exceeded') timeouts++;
        throw thrown;
      } finally {
        inFlight--;
        adjust(clock.now());
      }
    };
  };
}
