import { collectDefaultMetrics, Registry } from 'prom-client';
import { familyText, labelsText } from './exposition.ts';
import {
  createCounter,
  createGauge,
  createHistogram,
  type Counter,
  type Family,
  type Gauge,
  type Histogram,
  type Sample,
} from './instruments.ts';

export type { Counter, CounterSeries, Gauge, Histogram, HistogramSeries, Sample } from './instruments.ts';

/**
 * The metrics of one process. Names follow Prometheus: base units (seconds, bytes), `_total` for counters. The same name
 * always gives the same metric, so components need not share objects.
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
  read(name: string): Promise<readonly Sample[]>;
  /** The exposition text and its content type. */
  render(): Promise<{ contentType: string; text: string }>;
}

/** Seconds: from 1 ms (a call to a neighbour) to 5 s (longer than every usual deadline). */
export const latencyBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] as const;

/**
 * Node.js metrics that are left out: they wake every process 100 times a second and count the sampling interval as lag.
 * tierlab_event_loop_delay_seconds measures the lag better.
 */
const eventLoopDelay = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'].map(
  (which) => `nodejs_eventloop_lag_${which}_seconds`,
);
const neverMs = 2 ** 31 - 1;

/** Each node has its own registry; every series carries `labels`. `process` adds Node.js's own metrics. */
export function createMetrics(labels: Readonly<Record<string, string>>, options: { process: boolean }): Metrics {
  const families = new Map<string, Family>();
  const shared = labelsText(labels);
  const ofProcess = options.process ? processMetrics(labels) : undefined;

  function known<F extends Family>(name: string, create: () => F): F {
    let family = families.get(name) as F | undefined;
    if (!family) families.set(name, (family = create()));
    return family;
  }

  return {
    counter: (name, help, labelNames = []) => known(name, () => createCounter(help, labelNames)),
    gauge: (name, help, labelNames = [], collect) => known(name, () => createGauge(help, labelNames, collect)),
    histogram: (name, help, labelNames = [], buckets = latencyBuckets) =>
      known(name, () => createHistogram(help, labelNames, buckets)),
    async read(name) {
      const family = families.get(name);
      await family?.collect();
      return family ? [...family.samples()] : [];
    },
    async render() {
      await Promise.all(Array.from(families.values(), async ({ collect }) => collect()));
      const own = Array.from(families, ([name, { help, type, lines }]) =>
        familyText(name, { help, type, lines: lines(name) }, shared),
      );
      const text = own.join('\n') + (ofProcess ? `\n${await ofProcess.metrics()}` : '');
      return { contentType: Registry.PROMETHEUS_CONTENT_TYPE, text };
    },
  };
}

/** Memory, processor, garbage collection: what the metrics library knows about a Node.js process. */
function processMetrics(labels: Readonly<Record<string, string>>): Registry {
  const registry = new Registry();
  registry.setDefaultLabels(labels);
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: neverMs });
  for (const name of eventLoopDelay) registry.removeSingleMetric(name);
  return registry;
}
