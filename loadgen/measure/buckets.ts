/**
 * Small logarithmic buckets for the timeline: 32 per doubling, so a value is exact within 1.1%. One tick of a run
 * stores only the buckets that it used. (The figures of the whole run come from HdrHistogram, which is finer.)
 */
const perDoubling = 32;

/** The bucket of a time: 1 us is bucket 0. */
export function timelineBucket(ms: number): number {
  return ms <= 0.001 ? 0 : Math.round(Math.log2(ms * 1000) * perDoubling);
}

/** The middle of a bucket, ms. */
export function bucketMs(bucket: number): number {
  return 2 ** (bucket / perDoubling) / 1000;
}

/** Bucket number -> count. */
export type Buckets = Map<number, number>;

export function addTo(buckets: Buckets, bucket: number, count = 1): void {
  buckets.set(bucket, (buckets.get(bucket) ?? 0) + count);
}

export function mergeInto(into: Buckets, from: Iterable<readonly [number, number]>): void {
  for (const [bucket, count] of from) addTo(into, bucket, count);
}

/** The value in ms at or below which `p` percent of the values lie; undefined when there are no values. */
export function bucketPercentile(buckets: Buckets, p: number): number | undefined {
  let total = 0;
  for (const count of buckets.values()) total += count;
  if (total === 0) return undefined;
  const need = Math.max(1, Math.ceil((p / 100) * total));
  let seen = 0;
  for (const bucket of [...buckets.keys()].toSorted((a, b) => a - b)) {
    seen += buckets.get(bucket) ?? 0;
    if (seen >= need) return bucketMs(bucket);
  }
  return undefined;
}
