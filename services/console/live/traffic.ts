import type { Flow } from '../../../shared/rpc/live-reading.ts';
import type { CallTraffic } from './snapshot.ts';

/** The calls that ended between two readings. */
export interface Delta {
  readonly ok: number;
  readonly failed: number;
  readonly buckets: readonly number[];
}

const keyOf = ({ component, endpoint }: Flow): string => `${component} ${endpoint ?? ''}`;

/** Pure: the growth of each flow between two readings of one process. A new flow began at zero. */
export function deltas(before: readonly Flow[], after: readonly Flow[]): (Flow & Delta)[] {
  const old = new Map(before.map((flow) => [keyOf(flow), flow]));
  return after.map((flow) => {
    const past = old.get(keyOf(flow));
    if (!past) return flow;
    return {
      ...flow,
      ok: flow.ok - past.ok,
      failed: flow.failed - past.failed,
      buckets: flow.buckets.map((count, i) => count - (past.buckets[i] ?? 0)),
    };
  });
}

/** Pure: the sum of several deltas. */
export function sum(parts: readonly Delta[]): Delta {
  const buckets: number[] = [];
  for (const part of parts) part.buckets.forEach((count, i) => (buckets[i] = (buckets[i] ?? 0) + count));
  const add = (member: 'ok' | 'failed') => parts.reduce((total, part) => total + part[member], 0);
  return { ok: add('ok'), failed: add('failed'), buckets };
}

/** Pure: a delta over `seconds` as rate, success and latency. `bounds`: upper bounds of the buckets, seconds. */
export function trafficOf({ ok, failed, buckets }: Delta, seconds: number, bounds: readonly number[]): CallTraffic {
  const calls = ok + failed;
  if (calls === 0 || seconds <= 0) return { rate: 0 };
  const [p50, p99] = [quantile(0.5, buckets, bounds), quantile(0.99, buckets, bounds)];
  return {
    rate: rounded(calls / seconds),
    ok: Math.round((ok / calls) * 10_000) / 10_000,
    ...(p50 !== undefined && { p50: rounded(p50 * 1_000) }),
    ...(p99 !== undefined && { p99: rounded(p99 * 1_000) }),
  };
}

/** Linear within the bucket, as Prometheus' `histogram_quantile` does it. */
function quantile(q: number, buckets: readonly number[], bounds: readonly number[]): number | undefined {
  const total = buckets.reduce((all, count) => all + count, 0);
  if (total === 0) return undefined;
  let left = q * total;
  for (let i = 0; i < buckets.length; i++) {
    const count = buckets[i]!;
    if (left <= count) {
      const [from, to] = [bounds[i - 1] ?? 0, bounds[i] ?? bounds.at(-1) ?? 0];
      return from + (to - from) * (count === 0 ? 0 : left / count);
    }
    left -= count;
  }
  return bounds.at(-1);
}

/** Three digits say enough. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
