/**
 * A streaming latency histogram that forgets old samples. It needs constant memory and about 20 ns per sample.
 * Quantiles are exact within 6.25% (upper edge of a bucket).
 *
 * Buckets are log-linear, as in HdrHistogram: 16 per power of two of a microsecond count. Forgetting is forward decay
 * (Cormode, Shkapenyuk, Srivastava, Xu: Forward Decay, ICDE 2009): new samples get a higher weight, and the weight of
 * old samples stays the same. So nothing must be updated as time passes. Compared with new samples, a sample loses half
 * its weight in `halfLifeMs`. If samples are rare, they lose it later: about `minSamples` of the newest samples always
 * count, because quantiles of a few samples mean nothing.
 */
export interface DecayingHistogram {
  record(valueMs: number, now: number): void;
  /** The value that a share `q` of the samples does not exceed, ms; undefined while empty. */
  quantile(q: number): number | undefined;
  /** The number of samples that still count: the total weight divided by the weight of a new sample. */
  readonly count: number;
}

export interface HistogramOptions {
  readonly halfLifeMs?: number;
  readonly minSamples?: number;
}

const subBits = 4;
const subBuckets = 1 << subBits;
/** The last bucket holds every value beyond 2^31 microseconds (35 minutes). */
const maxMicros = 2 ** 31 - 1;
const bucketCount = bucketOf(maxMicros) + 1;
/** Weights are scaled down before they overflow. */
const maxWeight = 1e100;

/** The bucket of a whole number of microseconds. */
export function bucketOf(micros: number): number {
  if (micros < subBuckets) return micros;
  const shift = 31 - Math.clz32(micros) - subBits;
  return ((shift + 1) << subBits) + ((micros >>> shift) & (subBuckets - 1));
}

/** The first microsecond count beyond `bucket`. */
export function upperEdgeOf(bucket: number): number {
  if (bucket < subBuckets) return bucket + 1;
  const shift = (bucket >> subBits) - 1;
  return (subBuckets + (bucket & (subBuckets - 1)) + 1) * 2 ** shift;
}

export function createHistogram({ halfLifeMs = 4_000, minSamples = 100 }: HistogramOptions = {}): DecayingHistogram {
  const weights = new Float64Array(bucketCount);
  /**
   * The longest decay that one new sample may cause. So about `minSamples` of the newest samples always count, however
   * rare samples are.
   */
  const maxStepMs = halfLifeMs / minSamples;
  /** Samples closer together than this get the same weight, which saves the computation of 2 ** x for most of them. */
  const stepMs = maxStepMs / 16;
  let weight = 1;
  let total = 0;
  let lastAt = Infinity;

  function rescale(): void {
    for (let i = 0; i < bucketCount; i++) weights[i]! /= weight;
    total /= weight;
    weight = 1;
  }

  return {
    record(valueMs, now) {
      if (now - lastAt >= stepMs) {
        weight *= 2 ** (Math.min(now - lastAt, maxStepMs) / halfLifeMs);
        lastAt = now;
        if (weight > maxWeight) rescale();
      }
      if (lastAt === Infinity) lastAt = now;
      const micros = Math.min(maxMicros, Math.max(0, Math.round(valueMs * 1_000)));
      weights[bucketOf(micros)]! += weight;
      total += weight;
    },
    quantile(q) {
      if (total === 0) return undefined;
      let left = q * total;
      let last = 0;
      for (let bucket = 0; bucket < bucketCount; bucket++) {
        if (weights[bucket] === 0) continue;
        left -= weights[bucket]!;
        last = bucket;
        if (left <= 0) break;
      }
      return upperEdgeOf(last) / 1_000;
    },
    get count() {
      return total / weight;
    },
  };
}
