import { blame, errorCodes, type Blame } from '../../errors.ts';
import type { AttemptEnd, Learn } from '../replicas/attempt-end.ts';
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
 * Whether replica `a` is a better choice than `b`. Two latencies are treated as equal if their ratio is smaller than
 * `alikeRatio`. Then only the calls under way decide, so equally fast replicas get equal shares.
 */
export function isLighter(a: Load, b: Load, alikeRatio: number): boolean {
  const ratio = a.latencyMs / b.latencyMs;
  if (ratio < alikeRatio && ratio > 1 / alikeRatio) return a.calls < b.calls;
  return a.calls * a.latencyMs < b.calls * b.latencyMs;
}

/** A failure multiplies the estimate by this, so that a replica that fails fast attracts no calls. */
const failureFactor = 3;

/**
 * A failure raises an estimate to at most this, ms: the longest time that a public request waits by default. All
 * replicas fail again and again while a node below is down. Without a bound, their estimates would differ for minutes
 * after the outage, or overflow.
 */
const mostRaisedMs = 5_000;

/**
 * The latency that a failed attempt adds to the estimate, ms; undefined = none. `expectedMs` is the estimate so far.
 *
 * - The caller gave the attempt up: the answer would have taken at least the time until then. So this time counts if
 *   it is longer than the estimate.
 * - The request or this node is to blame: the error says nothing about the replica.
 * - An overloaded replica refuses many calls at once. So an attempt does not raise the estimate if another failure has
 *   raised it since the attempt was sent (`alreadyUnderWay`). TCP, too, reduces its window once for all losses of a
 *   window (NewReno, RFC 6582).
 */
export function costOfFailure(
  elapsedMs: number,
  expectedMs: number,
  { abandoned, toBlame, alreadyUnderWay }: { abandoned: boolean; toBlame: Blame; alreadyUnderWay: boolean },
): number | undefined {
  if (abandoned) return elapsedMs > expectedMs ? elapsedMs : undefined;
  if (toBlame === 'caller' || toBlame === 'here') return undefined;
  const raisedMs = alreadyUnderWay ? expectedMs : Math.min(expectedMs * failureFactor, mostRaisedMs);
  return Math.max(elapsedMs, expectedMs, raisedMs);
}

/** Updates the latency estimate of each replica, by which `balance` chooses. */
export const learnPeakEwma: Learn = ({ call, peer, sentAt, elapsedMs, endedAt, error, abandoned }: AttemptEnd) => {
  const operation = call.operation.name;
  if (error === undefined) return observeLatency(peer.latency, operation, elapsedMs, endedAt);
  // Each replica would fail in the same way: the request is wrong, or the page was stored damaged.
  if (!abandoned && errorCodes[error.code].cure === 'nothing') return;
  const toBlame = blame(error, { node: peer.node, abandoned });
  const alreadyUnderWay = sentAt < (peer.latency.get(operation)?.raisedAt ?? -Infinity);
  const costMs = costOfFailure(elapsedMs, latencyNow(peer.latency, operation, endedAt), {
    abandoned,
    toBlame,
    alreadyUnderWay,
  });
  if (costMs === undefined) return;
  observeLatency(peer.latency, operation, costMs, endedAt);
  if (!abandoned && !alreadyUnderWay) peer.latency.get(operation)!.raisedAt = endedAt;
};
