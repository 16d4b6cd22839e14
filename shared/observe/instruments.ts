import { boundsText, lineOf, type Labels, type Line } from './exposition.ts';

/** One set of label values, looked up once. Adding to it is a plain addition, so the path of a call can afford it. */
export interface CounterSeries {
  inc(by?: number): void;
}
export interface GaugeSeries {
  set(value: number): void;
}
export interface HistogramSeries {
  /** `count`: how often the value was seen. */
  observe(value: number, count?: number): void;
}

/** `labels` creates a set of label values at 0, so that `rate()` sees its first event. */
export interface Counter {
  labels(values?: Labels): CounterSeries;
  inc(values?: Labels, by?: number): void;
}
export interface Gauge {
  labels(values?: Labels): GaugeSeries;
  set(values: Labels, value: number): void;
  remove(values: Labels): void;
  /** Forgets all sets of label values. */
  reset(): void;
}
export interface Histogram {
  labels(values?: Labels): HistogramSeries;
  observe(values: Labels, value: number): void;
}

/** One set of label values with its value now; of a histogram, the count in each bucket, not cumulated. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
  readonly buckets?: ArrayLike<number>;
}

/** A metric with all its sets of label values, as the registry keeps it. */
export interface Family {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Brings a computed metric up to date. */
  readonly collect: () => void | Promise<void>;
  readonly lines: (name: string) => Iterable<Line>;
  readonly samples: () => Iterable<Sample>;
}

/**
 * The most sets of label values of one metric in one process. Prometheus keeps each in memory for hours, so a metric
 * must not grow with what callers send.
 */
export const maxLabelSets = 99;

/** Further sets of label values are counted together, under this value of every label. */
const overflow = 'other';

/** Finds the series of label values, and creates it when it is new. */
function seriesMap<S>(labelNames: readonly string[], create: (labels: Labels) => S) {
  const all = new Map<string, S>();
  const keyOf = (values: Labels): string => labelNames.map((name) => values[name] ?? '').join('\n');
  const named = (valueOf: (name: string) => string): Labels =>
    Object.fromEntries(labelNames.map((name) => [name, valueOf(name)]));
  const everyOther = named(() => overflow);
  return {
    all,
    of(values: Labels): S {
      const key = keyOf(values);
      const found = all.get(key);
      if (found) return found;
      const isOverflow = all.size >= maxLabelSets - 1 && key !== keyOf(everyOther);
      if (isOverflow) return this.of(everyOther);
      const series = create(named((name) => values[name] ?? ''));
      all.set(key, series);
      return series;
    },
    remove: (values: Labels): void => void all.delete(keyOf(values)),
  };
}

interface Value {
  readonly labels: Labels;
  value: number;
}

const collectNothing = (): void => undefined;

export function createCounter(help: string, labelNames: readonly string[]): Counter & Family {
  const series = seriesMap(labelNames, (labels) => {
    const one = { labels, value: 0, inc: (by = 1): void => void (one.value += by) };
    return one;
  });
  if (labelNames.length === 0) series.of({});
  return {
    type: 'counter',
    help,
    labels: (values = {}) => series.of(values),
    inc: (values = {}, by = 1) => series.of(values).inc(by),
    collect: collectNothing,
    *lines(name) {
      for (const { labels, value } of series.all.values()) yield lineOf(name, labels, value);
    },
    samples: () => series.all.values(),
  };
}

export function createGauge(
  help: string,
  labelNames: readonly string[],
  collect?: (gauge: Gauge) => void | Promise<void>,
): Gauge & Family {
  const series = seriesMap(labelNames, (labels) => {
    const one: Value & GaugeSeries = { labels, value: 0, set: (value) => void (one.value = value) };
    return one;
  });
  if (labelNames.length === 0) series.of({});
  const gauge: Gauge & Family = {
    type: 'gauge',
    help,
    labels: (values = {}) => series.of(values),
    set: (values, value) => series.of(values).set(value),
    remove: (values) => series.remove(values),
    reset: () => series.all.clear(),
    collect: () => collect?.(gauge),
    *lines(name) {
      for (const { labels, value } of series.all.values()) yield lineOf(name, labels, value);
    },
    samples: () => series.all.values(),
  };
  return gauge;
}

export function createHistogram(
  help: string,
  labelNames: readonly string[],
  bounds: readonly number[],
): Histogram & Family {
  const upperBounds = boundsText(bounds);
  const series = seriesMap(labelNames, (labels) => new Buckets(labels, bounds));
  if (labelNames.length === 0) series.of({});
  return {
    type: 'histogram',
    help,
    labels: (values = {}) => series.of(values),
    observe: (values, value) => series.of(values).observe(value),
    collect: collectNothing,
    *lines(name) {
      for (const { labels, counts, sum } of series.all.values()) {
        let total = 0;
        for (const [i, le] of upperBounds.entries()) {
          total += counts[i]!;
          yield lineOf(`${name}_bucket`, { ...labels, le }, total);
        }
        yield lineOf(`${name}_sum`, labels, sum);
        yield lineOf(`${name}_count`, labels, total);
      }
    },
    *samples() {
      for (const { labels, counts } of series.all.values())
        yield { labels, value: counts.reduce((sum, count) => sum + count, 0), buckets: counts };
    },
  };
}

/** A class, because the engine compiles `observe` once for all series. */
class Buckets implements HistogramSeries {
  readonly labels: Labels;
  /** One count per bucket, not cumulated; the last one is for values above all bounds. */
  readonly counts: Float64Array;
  sum = 0;
  readonly #bounds: readonly number[];

  constructor(labels: Labels, bounds: readonly number[]) {
    this.labels = labels;
    this.#bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number, count = 1): void {
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && value > bounds[bucket]!) bucket++;
    this.counts[bucket]! += count;
    this.sum += value * count;
  }
}
