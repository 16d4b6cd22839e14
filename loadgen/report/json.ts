import { percentiles } from '../measure/histogram.ts';
import { meanRate } from '../options/plan.ts';
import { withoutValues } from './describe.ts';
import { littlesLaw } from '../verdict/validity.ts';
import { ratePerSecond } from '../measure/measured.ts';
import type { RunResult } from '../verdict/result.ts';

/** The output of `--json`: the figures of a run as one object. Times are ms, rates per second. */
export function resultJson(run: RunResult): Record<string, unknown> {
  const { counts, latency, durationMs, plan } = run;
  const little = littlesLaw(run);
  return {
    url: `${plan.target.origin}${plan.workload.kind === 'url' ? withoutValues(plan.workload.request.target) : ''}`,
    model: plan.model.kind,
    workload: plan.workload.kind,
    seed: plan.seed,
    startedAt: new Date(run.startedAtMs).toISOString(),
    durationMs: Math.round(durationMs),
    connections: plan.connections,
    workers: plan.workers,
    ...counts,
    goodput: round(ratePerSecond(counts.good, durationMs)),
    sloMs: plan.sloMs,
    rate: {
      asked: plan.model.kind === 'closed' ? null : round(meanRate(plan.model)),
      sent: round(ratePerSecond(counts.sent, durationMs)),
      done: round(ratePerSecond(counts.done, durationMs)),
    },
    latencyMs: {
      intended: percentiles(latency.intended),
      sent: percentiles(latency.sent),
      errors: percentiles(latency.errors),
      lateness: percentiles(latency.lateness),
    },
    codes: run.codes,
    wrongAnswers: run.wrongAnswers,
    sessions: run.sessions,
    requests: run.names,
    interarrivalVariation: run.gaps,
    zipf: run.skew ?? null,
    little: little ?? null,
    cpuSecondsPer10kRequests:
      counts.done > 0 ? round((run.workers.reduce((sum, worker) => sum + worker.cpuMs, 0) / counts.done) * 10) : null,
    ending: run.ending.kind,
    valid: run.valid,
    reasons: run.reasons,
    notes: run.notes,
    thresholds: run.thresholds,
    machine: run.machine,
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
