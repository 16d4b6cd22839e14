import type { Metrics } from '../shared/observe/metrics.ts';

/** What users are promised. The burn-rate alerts and the SLO dashboard read these numbers from the metrics. */
const slos = {
  /** Requests for searches and pages that the system does not fail (no 5xx). */
  availability: { objective: 0.99 },
  /** Of these answers, the part that comes within the threshold. */
  latency: { objective: 0.95, thresholdSeconds: 0.25 },
} as const;

/** The time that the error budget is for: one lesson of a course. */
const periodSeconds = 3_600;

export function sloMetrics(metrics: Metrics): void {
  const objective = metrics.gauge('tierlab_slo_objective_ratio', 'The part of the requests that must be good', ['slo']);
  const period = metrics.gauge('tierlab_slo_period_seconds', 'The time that the objective is for', ['slo']);
  for (const [slo, { objective: ratio }] of Object.entries(slos)) {
    objective.set({ slo }, ratio);
    period.set({ slo }, periodSeconds);
  }
}
