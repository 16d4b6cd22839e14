import type { Metrics } from '../observe/metrics.ts';
import type { LagMeter } from './lag.ts';

/** How late the main loop runs, for Prometheus. */
export function lagMetrics(metrics: Metrics, lag: LagMeter): void {
  metrics.gauge('tierlab_event_loop_lag_seconds', 'Mean lateness of a timer over the last seconds', [], (gauge) => {
    gauge.set(lag.lagMs() / 1_000);
  });
}
