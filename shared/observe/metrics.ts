import { contentType, headText, labelText, lineText } from './exposition.ts';
import { labelSets, type Labels } from './label-sets.ts';
import { processReadings, watchCollections } from './process-readings.ts';

/** One set of label values. */
export interface CounterSeries {
  inc(by?: number): void;
}
interface GaugeSeries {
  set(value: number): void;
}
export interface HistogramSeries {
  observe(value: number): void;
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
export interface MetricSample {
  readonly labels: Labels;
  readonly value: number;
  readonly buckets?: readonly number[];
}

/**
 * The metrics of one process, with a bound on the sets of label values. Names follow Prometheus: base units (seconds,
 * bytes), `_total` for counters. The same name always gives the same metric, so components need not share objects.
 */
export interface Metrics {
  counter(name: string, help: string, labelNames?: readonly string[]): Counter;
  /** `collect` brings the gauge up to date before it is read. */
  gauge(
    name: string,
    help: string,
    labelNames?: readonly string[],
    collect?: (gauge: Gauge) => void | Promise<void>,
  ): Gauge;
  histogram(name: string, help: string, labelNames?: readonly string[], buckets?: readonly number[]): Histogram;
  /** The sets of label values of one metric, with their values now; none where the metric does not exist. */
  read(name: string): Promise<readonly MetricSample[]>;
  /** From now on, every series carries these labels instead of the earlier ones. */
  relabel(labels: Labels): void;
  /** The exposition text and its content type. */
  render(): Promise<{ contentType: string; text: string }>;
}

/** Seconds: from 1 ms (a call to a neighbour) to 5 s (longer than every usual deadline). */
export const latencyBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] as const;

const collectionBuckets = [0.001, 0.01, 0.1, 1, 2, 5] as const;

/** One metric with all its sets of label values. */
interface Family {
  readonly head: string;
  readonly collect: () => void | Promise<void>;
  readonly text: () => string;
  readonly samples: () => readonly MetricSample[];
  /** The labels of the process have changed. */
  readonly relabel: () => void;
}

/**
 * Each node has its own registry; every series carries `labels`. `process` adds Node.js's own metrics.
 *
 * A series keeps the text of its labels, so that a scrape writes only numbers. The library prom-client writes all of
 * the text again at each scrape.
 */
export function createMetrics(labels: Labels, options: { process: boolean }): Metrics {
  let common = labels;
  const known = new Map<string, readonly [metric: Counter | Gauge | Histogram, family: Family]>();
  const textOf = (own: Labels): string => labelText({ ...own, ...common, ...own });

  function once<M extends Counter | Gauge | Histogram>(name: string, create: () => readonly [M, Family]): M {
    const entry = known.get(name) ?? create();
    known.set(name, entry);
    return entry[0] as M;
  }

  const metrics: Metrics = {
    counter: (name, help, labelNames = []) =>
      once(name, () => createValues('counter', { name, help, labelNames, textOf })),
    gauge: (name, help, labelNames = [], collect) =>
      once(name, () => createValues('gauge', { name, help, labelNames, textOf }, collect)),
    histogram: (name, help, labelNames = [], buckets = latencyBuckets) =>
      once(name, () => createHistogram({ name, help, labelNames, textOf }, buckets)),
    async read(name) {
      const family = known.get(name)?.[1];
      await family?.collect();
      return family?.samples() ?? [];
    },
    relabel(next) {
      common = next;
      for (const [, family] of known.values()) family.relabel();
    },
    async render() {
      const families = [...known.values()].map(([, family]) => family);
      await Promise.all(families.map(async (family) => family.collect()));
      return { contentType, text: families.map((family) => family.head + family.text()).join('\n') };
    },
  };
  if (options.process) {
    for (const { type, name, help, read } of processReadings)
      once(name, () => createValues(type, { name, help, labelNames: [], textOf }, (own) => own.set({}, read())));
    const times = metrics.histogram(
      'nodejs_gc_duration_seconds',
      'Duration of garbage collections by kind: major, minor, incremental or weakcb',
      ['kind'],
      collectionBuckets,
    );
    watchCollections((kind, seconds) => times.observe({ kind }, seconds));
  }
  return metrics;
}

interface Description {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  /** The text of the labels of a series, with those of the process. */
  readonly textOf: (labels: Labels) => string;
}

/** A counter or a gauge. */
function createValues(
  type: 'counter' | 'gauge',
  { name, help, labelNames, textOf }: Description,
  collect: (gauge: Gauge) => void | Promise<void> = () => undefined,
): readonly [Counter & Gauge, Family] {
  const sets = labelSets(labelNames, (labels) => {
    const series = {
      labels,
      text: textOf(labels),
      value: 0,
      inc: (by = 1) => void (series.value += by),
      set: (value: number) => void (series.value = value),
    };
    return series;
  });
  const own: Counter & Gauge = {
    labels: (values = {}) => sets.of(values),
    inc: (values = {}, by = 1) => sets.of(values).inc(by),
    set: (values, value) => sets.of(values).set(value),
    remove: sets.remove,
    reset: sets.clear,
  };
  const family: Family = {
    head: headText(name, help, type),
    collect: () => collect(own),
    text: () => Array.from(sets.all(), ({ text, value }) => lineText(name, text, value)).join(''),
    samples: () => Array.from(sets.all(), ({ labels, value }) => ({ labels, value })),
    relabel() {
      for (const series of sets.all()) series.text = textOf(series.labels);
    },
  };
  return [own, family];
}

function createHistogram(
  { name, help, labelNames, textOf }: Description,
  bounds: readonly number[],
): readonly [Histogram, Family] {
  const limits = [...bounds.map(String), '+Inf'].map((bound) => `le="${bound}"`);
  const sets = labelSets(labelNames, (labels) => {
    const series = {
      labels,
      text: textOf(labels),
      /** The values in each bucket, not cumulated. */
      counts: limits.map(() => 0),
      count: 0,
      sum: 0,
      observe(value: number): void {
        let bucket = 0;
        while (bucket < bounds.length && value > bounds[bucket]!) bucket++;
        series.counts[bucket]!++;
        series.count++;
        series.sum += value;
      },
    };
    return series;
  });

  function linesOf({ text, counts, count, sum }: ReturnType<typeof sets.of>): string {
    const more = text === '' ? '' : `,${text}`;
    let lines = '';
    let below = 0;
    for (const [i, limit] of limits.entries()) lines += lineText(`${name}_bucket`, limit + more, (below += counts[i]!));
    return lines + lineText(`${name}_sum`, text, sum) + lineText(`${name}_count`, text, count);
  }

  const own: Histogram = {
    labels: (values = {}) => sets.of(values),
    observe: (values, value) => sets.of(values).observe(value),
  };
  const family: Family = {
    head: headText(name, help, 'histogram'),
    collect: () => undefined,
    text: () => Array.from(sets.all(), linesOf).join(''),
    samples: () =>
      Array.from(sets.all(), ({ labels, count, counts }) => ({ labels, value: count, buckets: [...counts] })),
    relabel() {
      for (const series of sets.all()) series.text = textOf(series.labels);
    },
  };
  return [own, family];
}
