import * as library from 'prom-client';
import { labelSets, type Labels } from './label-sets.ts';

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

/**
 * One set of label values and its present value. For a histogram, `value` is the number of all observations, and
 * `buckets` has the number in each bucket, not cumulated.
 */
export interface MetricSample {
  readonly labels: Labels;
  readonly value: number;
  readonly buckets?: readonly number[];
}

/**
 * The metrics of one process: those of the library prom-client, with a bound on the sets of label values. Names follow
 * Prometheus: base units (seconds, bytes), `_total` for counters. The same name always gives the same metric, so
 * components need not share objects.
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

/**
 * Node.js metrics that are left out: they wake every process 100 times a second and count the sampling interval as lag.
 * tierlab_event_loop_delay_seconds measures the lag better.
 */
const eventLoopDelay = ['', 'min_', 'max_', 'mean_', 'stddev_', 'p50_', 'p90_', 'p99_'].map(
  (which) => `nodejs_eventloop_lag_${which}seconds`,
);
/**
 * Also left out: counting the open files took a third of the time of a scrape. tierlab_connections_open counts sockets.
 */
const openFiles = ['process_open_fds', 'process_max_fds'];
/**
 * Also left out: one series per space of V8's heap and per kind of handle. They make each scrape longer by a seventh.
 */
const perSpaceAndHandle = [
  ...['total', 'used', 'available'].map((which) => `nodejs_heap_space_size_${which}_bytes`),
  ...['handles', 'requests', 'resources'].flatMap((which) => [
    `nodejs_active_${which}`,
    `nodejs_active_${which}_total`,
  ]),
];
const neverMs = 2 ** 31 - 1;

/** Each node has its own registry; every series carries `labels`. `process` adds Node.js's own metrics. */
export function createMetrics(labels: Labels, options: { process: boolean }): Metrics {
  const registry = new library.Registry();
  registry.setDefaultLabels(labels);
  if (options.process) {
    library.collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: neverMs });
    for (const name of [...eventLoopDelay, ...openFiles, ...perSpaceAndHandle]) registry.removeSingleMetric(name);
  }
  const known = new Map<string, Known>();

  function once<M extends Counter | Gauge | Histogram>(
    name: string,
    create: (changed: () => void) => M,
    collect: (own: M) => void | Promise<void> = () => undefined,
  ): M {
    const before = known.get(name);
    if (before) return before.metric as M;
    const kept = nothing();
    const metric = create(() => {
      kept.text = undefined;
      kept.samples = undefined;
    });
    known.set(name, { metric, kept, collect: () => collect(metric) });
    return metric;
  }

  /** Brings a metric up to date. Of a metric that the library itself fills, nothing is kept. */
  async function keptOf(name: string): Promise<Kept> {
    const one = known.get(name);
    await one?.collect();
    return one?.kept ?? nothing();
  }

  async function textOf(name: string): Promise<string> {
    const kept = await keptOf(name);
    return (kept.text ??= registry.getSingleMetricAsString(name));
  }

  return {
    counter: (name, help, labelNames = []) =>
      once(name, (changed) => createCounter(registry, { name, help, labelNames }, changed)),
    gauge: (name, help, labelNames = [], collect) =>
      once(name, (changed) => createGauge(registry, { name, help, labelNames }, changed), collect),
    histogram: (name, help, labelNames = [], buckets = latencyBuckets) =>
      once(name, (changed) => createHistogram(registry, { name, help, labelNames }, buckets, changed)),
    async read(name) {
      const metric = registry.getSingleMetric(name);
      if (metric === undefined) return [];
      const kept = await keptOf(name);
      return (kept.samples ??= samplesOf(metric));
    },
    relabel(next) {
      registry.setDefaultLabels(next);
      for (const { kept } of known.values()) kept.text = undefined;
    },
    async render() {
      const texts = await Promise.all(registry.getMetricsAsArray().map(({ name }) => textOf(name)));
      return { contentType: registry.contentType, text: `${texts.join('\n\n')}\n` };
    },
  };
}

/**
 * What was last read from a metric. This result is kept until the metric changes. Otherwise, the library would write
 * all labels of all series again each time. Most metrics of an idle process do not change from one scrape to the next.
 */
interface Kept {
  text: Promise<string> | undefined;
  samples: Promise<readonly MetricSample[]> | undefined;
}

const nothing = (): Kept => ({ text: undefined, samples: undefined });

interface Known {
  readonly metric: Counter | Gauge | Histogram;
  readonly kept: Kept;
  readonly collect: () => void | Promise<void>;
}

async function samplesOf(metric: library.Metric): Promise<readonly MetricSample[]> {
  const { values } = (await metric.get()) as { readonly values: readonly Value[] };
  // These values may be the library's own objects, in which it continues to count. So they are copied.
  return metric instanceof library.Histogram
    ? histogramSamples(values)
    : values.map(({ labels, value }) => ({ labels, value }));
}

interface Description {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
}

function createCounter(registry: library.Registry, description: Description, changed: () => void): Counter {
  const counter = new library.Counter({ ...description, registers: [registry] });
  const series = labelSets(description.labelNames, (labels): CounterSeries => {
    const own = counter.labels(labels);
    const inc = (by?: number): void => {
      changed();
      own.inc(by);
    };
    inc(0);
    return { inc };
  });
  return {
    labels: (values = {}) => series.of(values),
    inc: (values = {}, by = 1) => series.of(values).inc(by),
  };
}

function createGauge(registry: library.Registry, description: Description, changed: () => void): Gauge {
  const gauge = new library.Gauge({ ...description, registers: [registry] });
  const series = labelSets(description.labelNames, (labels): GaugeSeries => {
    const own = gauge.labels(labels);
    let last: number | undefined;
    const set = (value: number): void => {
      if (value === last) return;
      last = value;
      changed();
      own.set(value);
    };
    set(0);
    return { set };
  });
  return {
    labels: (values = {}) => series.of(values),
    set: (values, value) => series.of(values).set(value),
    remove(values) {
      changed();
      series.remove(values);
      gauge.remove(values);
    },
    reset() {
      changed();
      series.clear();
      gauge.reset();
    },
  };
}

function createHistogram(
  registry: library.Registry,
  description: Description,
  buckets: readonly number[],
  changed: () => void,
): Histogram {
  const histogram = new library.Histogram({ ...description, buckets: [...buckets], registers: [registry] });
  const series = labelSets(description.labelNames, (labels): HistogramSeries => {
    const own = histogram.labels(labels);
    changed();
    histogram.zero(labels);
    return {
      observe(value) {
        changed();
        own.observe(value);
      },
    };
  });
  return {
    labels: (values = {}) => series.of(values),
    observe: (values, value) => series.of(values).observe(value),
  };
}

/** One line of a histogram, for one set of label values: a cumulated bucket, the sum, or the count. */
interface Value {
  readonly labels: Labels;
  readonly value: number;
  readonly metricName?: string;
}

/** The library lists the buckets of each set of label values from the lowest to the highest, then its sum and count. */
function histogramSamples(values: readonly Value[]): MetricSample[] {
  const samples: MetricSample[] = [];
  let buckets: number[] = [];
  let below = 0;
  for (const { labels, value, metricName } of values) {
    if (metricName?.endsWith('_bucket')) {
      buckets.push(value - below);
      below = value;
    } else if (metricName?.endsWith('_count')) {
      samples.push({ labels, value, buckets });
      [buckets, below] = [[], 0];
    }
  }
  return samples;
}
