import Type, { type Static } from 'typebox';

export const GradientSettings = Type.Object(
  {
    initialLimit: Type.Number({
      default: 20,
      minimum: 1,
      description: 'calls at a time, until measured (Netflix concurrency-limits: 20)',
    }),
    minLimit: Type.Number({
      default: 2,
      minimum: 1,
      description: 'low enough for a single-threaded process that does one thing at a time',
    }),
    maxLimit: Type.Number({ default: 1_000, minimum: 1 }),
    windowMs: Type.Number({ default: 250, minimum: 1, description: 'how often the limit is adjusted' }),
    minSamples: Type.Integer({ default: 10, minimum: 1, description: 'answers in a window before it counts (Netflix: 10)' }),
    tolerance: Type.Number({ default: 1.2, minimum: 1, description: 'slowdown that is still no queueing (Netflix: 1.5)' }),
    queue: Type.Number({ default: 0.5, minimum: 0, description: 'times the square root of the limit may queue' }),
    smoothing: Type.Number({
      default: 0.2,
      exclusiveMinimum: 0,
      maximum: 1,
      description: 'step towards the new limit (Netflix: 0.2)',
    }),
    probeMs: Type.Number({
      default: 5_000,
      minimum: 1,
      description: 'how often a busy server lets its queue drain for a moment, to see the latency without it',
    }),
  },
  { additionalProperties: false },
);
export type GradientSettings = Static<typeof GradientSettings>;

/** What the limit rests on. */
export interface Gradient {
  readonly limit: number;
  /** When the latency without a queue was last seen, ms on the clock. */
  readonly learntAt: number;
  /** Only `minLimit` calls are let in, until enough of them were answered. */
  readonly probing: boolean;
}

export interface Window {
  /** Latency of this window's answers over what they take without a queue. */
  readonly slowdown: number;
  /** Most calls at a time. */
  readonly maxInFlight: number;
  /** Calls that ran into their deadline here. */
  readonly timeouts: number;
}

export const initialGradient = ({ initialLimit }: GradientSettings, now: number): Gradient => ({
  limit: initialLimit,
  learntAt: now,
  probing: false,
});

/** Whether the answers of this window met no queue of our making, so that they show the latency without one. */
export function isUnqueued(gradient: Gradient, { maxInFlight }: Window): boolean {
  return gradient.probing || maxInFlight <= gradient.limit / 2;
}

/**
 * The concurrency limit after one more window. It follows the ratio of the latency without queueing to the latency now, as Netflix's
 * Gradient2 does. But where that compares with a long average - which drifts up while an overload lasts, and takes the limit with it - here
 * the baseline is learnt only without a queue: below half the limit, or in a short probe at the lowest limit, as BBR drains its queue to
 * see the round trip (Cardwell et al., 2016). So a service that really became slower is followed within two or three probes.
 */
export function nextGradient(settings: GradientSettings, gradient: Gradient, window: Window, now: number): Gradient {
  const { limit } = gradient;
  if (gradient.probing) return { limit, learntAt: now, probing: false };
  // A limit that is not needed is left alone: nothing is known about it.
  if (isUnqueued(gradient, window) && window.timeouts === 0) return { limit, learntAt: now, probing: false };
  const probing = now - gradient.learntAt >= settings.probeMs;
  return { limit: nextLimit(settings, limit, window), learntAt: gradient.learntAt, probing };
}

/** Room to grow by, and to queue in, is a part of the square root of the limit (Netflix): relatively more where the limit is small. */
function nextLimit({ minLimit, maxLimit, smoothing, tolerance, queue }: GradientSettings, limit: number, window: Window): number {
  const ratio = Math.max(0.5, Math.min(1, tolerance / window.slowdown));
  const wanted = window.timeouts > 0 ? limit / 2 : limit * ratio + queue * Math.sqrt(limit);
  return Math.max(minLimit, Math.min(maxLimit, limit + smoothing * (wanted - limit)));
}

/** The latency of an operation without a queue, ms, after a window whose mean was `meanMs`: lower is believed at once, higher half, and only unqueued. */
export function nextBaseline(baselineMs: number | undefined, meanMs: number, unqueued: boolean): number {
  if (baselineMs === undefined || meanMs < baselineMs) return meanMs;
  return unqueued ? (baselineMs + meanMs) / 2 : baselineMs;
}
