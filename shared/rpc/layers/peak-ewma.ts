import type { AttemptEnd, Learn, Told } from './attempt-end.ts';
import type { PeakEwma, Peer } from './peers.ts';

/**
 * Time constant of forgetting. Finagle's and Linkerd's is 10 s: one straggler then leaves a replica of two without
 * calls for as long, though both are equally fast.
 */
const decayMs = 2_000;

/** Cost of a replica that was never measured: low enough to be tried soon, and its in-flight calls hold back a rush. */
const unknownMs = 1;

/**
 * Peak EWMA (Finagle, Linkerd): a higher sample replaces the estimate at once, lower ones pull it down slowly. So a
 * replica that turns slow is avoided after one answer, and is tried again as the estimate decays.
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

/** The estimate at `now`, ms: it decays while nothing is measured, so that an avoided replica gets another chance. */
export function latencyNow(latency: ReadonlyMap<string, PeakEwma>, operation: string, now: number): number {
  const known = latency.get(operation);
  if (!known) return unknownMs;
  return known.costMs * Math.exp((known.stampMs - now) / decayMs);
}

export interface Load {
  /** Under way, with the one that is to be sent. */
  readonly calls: number;
  readonly latencyMs: number;
}

/**
 * What one more call would meet at a replica. While an attempt is under way the estimate does not decay: one attempt is
 * enough to find out whether an avoided replica is fast again.
 */
export function loadOf({ underWay, latency }: Peer, operation: string, now: number): Load {
  const waiting = underWay.size > 0;
  const latencyMs = waiting ? (latency.get(operation)?.costMs ?? unknownMs) : latencyNow(latency, operation, now);
  return { calls: underWay.size + 1, latencyMs };
}

/**
 * Whether a call had better go to `a` than to `b`. Latencies that differ by less than `alikeRatio` are noise: then the
 * calls under way decide alone, and equally fast replicas get equal shares.
 */
export function isLighter(a: Load, b: Load, alikeRatio: number): boolean {
  const ratio = a.latencyMs / b.latencyMs;
  if (ratio < alikeRatio && ratio > 1 / alikeRatio) return a.calls < b.calls;
  return a.calls * a.latencyMs < b.calls * b.latencyMs;
}

/**
 * What a failed attempt says of latency, ms; undefined = nothing. Abandoned: it would have taken at least this long,
 * which is news only when it is longer than expected. A failure or refusal of the replica: three times as costly as it
 * was, so that failing fast attracts no calls. An answer: the time it took.
 */
export function costOfFailure(
  elapsedMs: number,
  expectedMs: number,
  { abandoned, told }: { abandoned: boolean; told: Told },
): number | undefined {
  if (abandoned) return elapsedMs > expectedMs ? elapsedMs : undefined;
  if (told === 'nothing') return undefined;
  return told === 'answer' ? elapsedMs : Math.max(elapsedMs, 3 * expectedMs);
}

/** Feeds the estimates of each replica, by which `balance` chooses the next. */
export const learnPeakEwma: Learn = ({ call, peer, elapsedMs, endedAt, error, told, abandoned }: AttemptEnd) => {
  const operation = call.operation.name;
  const costMs =
    error === undefined
      ? elapsedMs
      : costOfFailure(elapsedMs, latencyNow(peer.latency, operation, endedAt), { abandoned, told });
  if (costMs !== undefined) observeLatency(peer.latency, operation, costMs, endedAt);
};
