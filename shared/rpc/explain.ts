import { attemptTimeoutMs } from './layers/attempt-timeout.ts';
import { hedgeDelayMs } from './layers/hedge.ts';
import type { OperationStatistics, Statistics } from './layers/statistics.ts';
import type { Policy } from './mechanisms.ts';

/** What the middleware has set itself to for one operation that this node calls, and why: what `tierlab tune --explain` prints. */
export interface Tuned {
  readonly component: string;
  readonly operation: string;
  /** Attempts that still count. */
  readonly samples: number;
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
  readonly p999Ms: number | undefined;
  /** By replica, p50. */
  readonly replicasMs: Readonly<Record<string, number | undefined>>;
  readonly hedgeAfter: Value;
  readonly attemptTimeout: Value;
}

/** A value in force now, ms, and a sentence that says where it comes from; undefined where the mechanism does nothing. */
export interface Value {
  readonly ms: number | undefined;
  readonly why: string;
}

/** One row per operation, in the order in which they were first called. */
export function explain(policy: Policy, statistics: Statistics, now: number): Tuned[] {
  return [...statistics.all()].map((known) => ({
    component: known.component,
    operation: known.operation,
    samples: Math.round(known.attempts.count),
    p50Ms: known.attempts.quantile(0.5),
    p95Ms: known.attempts.quantile(0.95),
    p999Ms: known.attempts.quantile(0.999),
    replicasMs: Object.fromEntries([...known.byNode].map(([node, histogram]) => [node, histogram.quantile(0.5)])),
    hedgeAfter: explainHedge(policy, known, now),
    attemptTimeout: explainTimeout(policy, known, now),
  }));
}

function explainHedge({ hedge }: Policy, known: OperationStatistics, now: number): Value {
  if (hedge === false) return { ms: undefined, why: 'hedging is off' };
  const quantileMs = known.quantile(hedge.quantile, now, hedge.minSamples);
  const ms = hedgeDelayMs(hedge, quantileMs);
  if (hedge.fixedDelayMs !== undefined) return { ms, why: 'set by hand' };
  if (quantileMs === undefined) return { ms, why: `fewer than ${hedge.minSamples} attempts are known` };
  if (quantileMs < hedge.minMs)
    return { ms, why: `the least that is allowed: the ${percent(hedge.quantile)} is ${round(quantileMs)} ms` };
  return { ms, why: `the ${percent(hedge.quantile)} of the attempts` };
}

function explainTimeout({ attemptTimeout }: Policy, known: OperationStatistics, now: number): Value {
  if (attemptTimeout === false) return { ms: undefined, why: 'attempt timeouts are off: the deadline alone holds' };
  const quantileMs = known.quantile(attemptTimeout.quantile, now, attemptTimeout.minSamples);
  const ms = attemptTimeoutMs(attemptTimeout, quantileMs, Infinity);
  if (attemptTimeout.fixedMs !== undefined) return { ms, why: 'set by hand' };
  if (quantileMs === undefined) return { ms, why: `fewer than ${attemptTimeout.minSamples} attempts are known` };
  const rule = `${attemptTimeout.margin} times the ${percent(attemptTimeout.quantile)} of ${round(quantileMs)} ms`;
  return { ms, why: ms === attemptTimeout.minMs ? `the least that is allowed: more than ${rule}` : rule };
}

const percent = (q: number) => `p${round(q * 100)}`;
const round = (value: number) => Math.round(value * 100) / 100;
