import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/**
 * The only module that uses the metrics library. Names follow Prometheus: base units (seconds, bytes), `_total` for
 * counters. The same name always gives the same metric, so components need not share objects.
 */
export interface Metrics {
  counter(name: string, help: string, labelNames?: readonly string[]): Counter;
  gauge(name: string, help: string, labelNames?: readonly string[], collect?: (gauge: Gauge) => void): Gauge;
  histogram(name: string, help: string, labelNames?: readonly string[], buckets?: readonly number[]): Histogram;
  /** The exposition text and its content type. */
  render(): Promise<{ contentType: string; text: string }>;
}

/** Seconds: from 0.5 ms (a local hop) to 10 s (longer than every deadline). */
export const latencyBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/**
 * Node.js metrics that are left out: they wake every process 100 times a second and count the sampling interval as lag.
 * lag.ts measures the lag better.
 */
const eventLoopDelay = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'].map(
  (which) => `nodejs_eventloop_lag_${which}_seconds`,
);
const neverMs = 2 ** 31 - 1;

/** Each node has its own registry; every series carries `labels`. `process` adds Node.js's own metrics. */
export function createMetrics(labels: Readonly<Record<string, string>>, options: { process: boolean }): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels(labels);
  if (options.process) {
    collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: neverMs });
    for (const name of eventLoopDelay) registry.removeSingleMetric(name);
  }
  const existing = <M>(name: string): M | undefined => registry.getSingleMetric(name) as M | undefined;
  return {
    counter: (name, help, labelNames = []) =>
      existing<Counter>(name) ?? new Counter({ name, help, labelNames: [...labelNames], registers: [registry] }),
    gauge(name, help, labelNames = [], collect) {
      const found = existing<Gauge>(name);
      if (found) return found;
      const gauge: Gauge = new Gauge({
        name,
        help,
        labelNames: [...labelNames],
        registers: [registry],
        ...(collect ? { collect: () => collect(gauge) } : {}),
      });
      return gauge;
    },
    histogram: (name, help, labelNames = [], buckets = latencyBuckets) =>
      existing<Histogram>(name) ??
      new Histogram({ name, help, labelNames: [...labelNames], buckets: [...buckets], registers: [registry] }),
    render: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}
