import * as perfHooks from 'node:perf_hooks';
import type { RecordableHistogram } from 'node:perf_hooks';

/**
 * Features of Node.js 26 that its published types lack: HdrHistogram's own serialisation, in both directions, and its
 * distribution function.
 */
interface HistogramIo {
  importHistogram(data: Uint8Array): RecordableHistogram;
}
interface ExportableHistogram extends RecordableHistogram {
  export(): Uint8Array;
  /** The share of values <= `value`. */
  cdf(value: number): number;
}
const { importHistogram } = perfHooks as unknown as HistogramIo;

const highestUs = 3_600_000_000;

/**
 * Times in ms at a resolution of 1 us, 3 significant digits, up to one hour: Node's built-in HdrHistogram, about 190 kB
 * however many values it holds. Times below 1 us count as 1 us, above one hour as one hour.
 */
export interface TimeHistogram {
  record(ms: number): void;
  add(other: TimeHistogram): void;
  readonly count: number;
  /** `p` in percent, 0 to 100. All times are ms; 0 when there are no values. */
  percentileMs(p: number): number;
  /** The share (0 to 1) of values at or below `ms`. */
  shareAtOrBelow(ms: number): number;
  minMs(): number;
  maxMs(): number;
  meanMs(): number;
  deviationMs(): number;
  /** HdrHistogram's sparse serialisation. */
  bytes(): Uint8Array;
  readonly raw: RecordableHistogram;
}

export function timeHistogram(from?: Uint8Array): TimeHistogram {
  const raw = perfHooks.createHistogram({ lowest: 1, highest: highestUs, figures: 3 }) as ExportableHistogram;
  if (from) raw.add(importHistogram(from));
  const orZero = (us: number) => (raw.count === 0 ? 0 : us / 1000);
  return {
    raw,
    record(ms) {
      const us = Math.round(ms * 1000);
      raw.record(us < 1 ? 1 : us > highestUs ? highestUs : us);
    },
    add: (other) => raw.add(other.raw),
    get count() {
      return raw.count;
    },
    percentileMs: (p) => orZero(p <= 0 ? raw.min : raw.percentile(Math.min(p, 100))),
    shareAtOrBelow: (ms) => (raw.count === 0 ? 0 : raw.cdf(Math.max(1, Math.round(ms * 1000)))),
    minMs: () => orZero(raw.min),
    maxMs: () => orZero(raw.max),
    meanMs: () => orZero(raw.mean),
    deviationMs: () => orZero(raw.stddev),
    bytes: () => raw.export(),
  };
}

export interface Percentiles {
  p50: number;
  p90: number;
  p99: number;
  p999: number;
  max: number;
}

/**
 * Rounded to the recorder's resolution of one microsecond. NaN when there are no values, because 0 ms would be the best
 * latency of all.
 */
export function percentiles(histogram: TimeHistogram): Percentiles {
  if (histogram.count === 0) return { p50: NaN, p90: NaN, p99: NaN, p999: NaN, max: NaN };
  const at = (p: number) => Math.round(histogram.percentileMs(p) * 1000) / 1000;
  return { p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max: Math.round(histogram.maxMs() * 1000) / 1000 };
}
