import { performance } from 'node:perf_hooks';
import type { HistogramSeries, Metrics } from '../observe/metrics.ts';
import type { Clock } from '../time/clock.ts';
import type { LagMeter } from './lag.ts';

/** How late a timer of the main loop ran: the meter reports each tick here, ms. */
export function loopDelays(metrics: Metrics): (lateMs: number) => void {
  const delays: HistogramSeries = metrics
    .histogram(
      'tierlab_event_loop_delay_seconds',
      'Lateness of a timer that is due every 100 ms, in an idle process every 500 ms',
    )
    .labels();
  return (lateMs) => delays.observe(lateMs / 1_000);
}

/** The utilization is a mean over at least this time, ms, however often it is read. */
const windowMs = 1_000;

/** How late and how busy the main loop is, for Prometheus. */
export function lagMetrics(metrics: Metrics, lag: LagMeter, clock: Clock): void {
  metrics.gauge('tierlab_event_loop_lag_seconds', 'Mean lateness of a timer over the last seconds', [], (gauge) => {
    gauge.set({}, lag.lagMs() / 1_000);
  });
  let since = { at: clock.now(), loop: performance.eventLoopUtilization() };
  metrics.gauge(
    'tierlab_event_loop_utilization_ratio',
    'Share of the time since the last reading in which the main loop worked; 1 = no time left',
    [],
    (gauge) => {
      if (clock.now() - since.at < windowMs) return;
      const loop = performance.eventLoopUtilization();
      gauge.set({}, performance.eventLoopUtilization(loop, since.loop).utilization);
      since = { at: clock.now(), loop };
    },
  );
}
