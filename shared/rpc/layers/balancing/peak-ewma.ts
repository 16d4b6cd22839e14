import type { AttemptEvidence, Learn } from '../replicas/attempt-end.ts';
import type { LatencyStatistics } from '../replicas/latency-statistics.ts';
import type { PeakEwma, Peer } from '../replicas/peers.ts';

/**
 * Time constant of the decay. Finagle and Linkerd use 10 s. With 10 s, one slow answer leaves one of two equally fast
 * replicas without calls for that long.
 */
const decayMs = 2_000;

/**
 * The cost of a replica without any measurement. It is low enough for an early first call; the count of calls under way
 * prevents a rush.
 */
const unknownMs = 1;

/**
 * Peak EWMA (Finagle, Linkerd): a higher sample replaces the estimate at once; lower samples reduce it slowly. So calls
 * avoid a slow replica after one slow answer, and try it again as the estimate decays.
 */
export function observeLatency(latency: Map<string, PeakEwma>, operation: string, sampleMs: number, now: number): void {
  const known = latency.get(operation);
  if (!known) {
    latency.set(operation, { costMs: sampleMs, stampMs: now });
    return;
  }
  if (sampleMs > known.costMs) known.costMs = sampleMs;
  else known.costMs = sampleMs + (known.costMs - sampleMs) * Math.exp((known.stampMs - now) / decayMs);
  known.stampMs = now;
}

/** The estimate at `now`, ms. It decays while nothing is measured, so that an avoided replica gets another chance. */
export function latencyNow(latency: ReadonlyMap<string, PeakEwma>, operation: string, now: number): number {
  const known = latency.get(operation);
  if (!known) return unknownMs;
  return known.costMs * Math.exp((known.stampMs - now) / decayMs);
}

export interface Load {
  /** Calls under way, including the one that is to be sent. */
  readonly calls: number;
  readonly latencyMs: number;
}

/**
 * The expected cost of one more call to a replica. While an attempt is under way, the estimate does not decay: one
 * attempt is enough to find out whether an avoided replica is fast again.
 */
export function loadOf({ underWay, latency }: Peer, operation: string, now: number): Load {
  const waiting = underWay.size > 0;
  const latencyMs = waiting ? (latency.get(operation)?.costMs ?? unknownMs) : latencyNow(latency, operation, now);
  return { calls: underWay.size + 1, latencyMs };
}

/**
 * Whether replica `a` is a better choice than `b`. Latencies that differ by less than `alikeRatio` count as equal: then
 * only the calls under way decide, and equally fast replicas get equal shares.
 */
export function isLighter(a: Load, b: Load, alikeRatio: number): boolean {
  const ratio = a.latencyMs / b.latencyMs;
  if (ratio < alikeRatio && ratio > 1 / alikeRatio) return a.calls < b.calls;
  return a.calls * a.latencyMs < b.calls * b.latencyMs;
}

/** A failure or refusal counts as this many times the estimate, so that a replica that fails fast attracts no calls. */
const failureFactor = 3;

/**
 * A failure or refusal raises the estimate to at most this many times the usual time of the operation. Without a bound,
 * ten refusals in a row would multiply the estimate by 59,049. The replica would get no calls for 20 s, and its peers
 * would be overloaded by its share.
 */
const mostUsualTimes = 10;

/**
 * The latency that an attempt adds to the estimate, ms; undefined = none. An answer adds the time that it took. An
 * abandoned attempt would have taken at least its time, so it counts only when it is longer than `expectedMs`, the
 * estimate so far. `usualMs` is the median time of the operation at all replicas.
 */
export function costOfFailure(
  elapsedMs: number,
  { expectedMs, usualMs }: { expectedMs: number; usualMs: number },
  { abandoned, evidence }: { abandoned: boolean; evidence: AttemptEvidence },
): number | undefined {
  if (abandoned) return elapsedMs > expectedMs ? elapsedMs : undefined;
  if (evidence === 'nothing') return undefined;
  if (evidence === 'answer') return elapsedMs;
  return Math.max(elapsedMs, expectedMs, Math.min(failureFactor * expectedMs, mostUsualTimes * usualMs));
}

/** Updates the estimate of each replica. `balance` chooses by it. */
export function learnPeakEwma(statistics: LatencyStatistics): Learn {
  return ({ call, peer, elapsedMs, endedAt, error, evidence, abandoned }) => {
    const { name } = call.operation;
    const cost = (): number | undefined => {
      const expectedMs = latencyNow(peer.latency, name, endedAt);
      const usualMs = statistics.of(call.component, call.operation).quantile(0.5, endedAt, 1) ?? expectedMs;
      return costOfFailure(elapsedMs, { expectedMs, usualMs }, { abandoned, evidence });
    };
    const costMs = error === undefined ? elapsedMs : cost();
    if (costMs !== undefined) observeLatency(peer.latency, name, costMs, endedAt);
  };
}
