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
    minSamples: Type.Integer({
      default: 10,
      minimum: 1,
      description: 'answers in a window before it counts (Netflix: 10)',
    }),
    probeSamples: Type.Integer({ default: 5, minimum: 1, description: 'answers that end a probe' }),
    tolerance: Type.Number({
      default: 1.2,
      minimum: 1,
      description: 'slowdown that is still no queueing (Netflix: 1.5)',
    }),
    burstTolerance: Type.Number({
      default: 4,
      minimum: 1,
      description: 'the same while few calls are refused: a burst may queue, an overload may not',
    }),
    overloadShare: Type.Number({
      default: 0.25,
      minimum: 0,
      maximum: 1,
      description: 'refused share of a window from which on it is an overload',
    }),
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
  /** How long after that to look again, ms. */
  readonly probeAfterMs: number;
  /** One call at a time is let in, until enough of them were answered. */
  readonly probing: boolean;
}

export interface Window {
  readonly durationMs: number;
  /** Latency of this window's answers over what they take without a queue. */
  readonly slowdown: number;
  /** Most calls at a time. */
  readonly maxInFlight: number;
  /** Share of the calls that were refused. */
  readonly shedShare: number;
}

export const initialGradient = ({ initialLimit, probeMs }: GradientSettings, now: number): Gradient => ({
  limit: initialLimit,
  learntAt: now,
  probeAfterMs: probeMs,
  probing: false,
});

/**
 * The concurrency limit after one more window. It follows the ratio of the latency without queueing to the latency now, as Netflix's
 * Gradient2 does. But where that compares with a long average - which drifts up while an overload lasts, and takes the limit with it - here
 * the latency without a queue is looked at: in an overload by a short probe with one call at a time, as BBR drains its queue to
 * see the round trip (Cardwell et al., 2016). So a service that really became slower is followed within a few probes. A probe costs
 * throughput: they take at most a twentieth of the time.
 */
export function nextGradient(settings: GradientSettings, gradient: Gradient, window: Window, now: number): Gradient {
  if (gradient.probing) {
    return {
      ...gradient,
      learntAt: now,
      probing: false,
      probeAfterMs: Math.max(settings.probeMs, 20 * window.durationMs),
    };
  }
  // A limit that is not needed is left alone: nothing is known about it.
  if (window.maxInFlight <= gradient.limit / 2) return { ...gradient, learntAt: now };
  const limit = nextLimit(settings, gradient.limit, window);
  const overload = window.shedShare >= settings.overloadShare;
  return { ...gradient, limit, probing: overload && now - gradient.learntAt >= gradient.probeAfterMs };
}

/** Room to grow by, and to queue in, is a part of the square root of the limit (Netflix): relatively more where the limit is small. */
function nextLimit(settings: GradientSettings, limit: number, window: Window): number {
  const { minLimit, maxLimit, smoothing, tolerance, burstTolerance, overloadShare, queue } = settings;
  const tolerated = window.shedShare >= overloadShare ? tolerance : burstTolerance;
  const ratio = Math.max(0.5, Math.min(1, tolerated / window.slowdown));
  const wanted = limit * ratio + queue * Math.sqrt(limit);
  return Math.max(minLimit, Math.min(maxLimit, limit + smoothing * (wanted - limit)));
}

/** Answers of one operation in one window. `alone`: begun while nothing else was under way, so they met no queue. */
export interface Answers {
  readonly sumMs: number;
  readonly samples: number;
  readonly aloneSumMs: number;
  readonly aloneSamples: number;
}

/**
 * The latency of an operation without a queue, ms, after one more window. Calls that were alone show it. Others were faster or slower than it:
 * faster is believed too, because a queue only adds; slower hardly - 1% a window, which doubles it in 20 s - and in an overload
 * not at all. By a third of the difference, because a mean of few answers is far off.
 */
export function nextBaseline(baselineMs: number | undefined, answers: Answers, overload: boolean): number {
  const { sumMs, samples, aloneSumMs, aloneSamples } = answers;
  const meanMs = sumMs / samples;
  if (aloneSamples > 0) {
    const aloneMs = aloneSumMs / aloneSamples;
    if (baselineMs === undefined) return aloneMs;
    return baselineMs + (aloneMs - baselineMs) * Math.min(1 / 3, aloneSamples / 15);
  }
  if (baselineMs === undefined) return meanMs;
  if (meanMs < baselineMs) return baselineMs + (meanMs - baselineMs) / 3;
  return overload ? baselineMs : Math.min(meanMs, baselineMs * 1.01);
}
