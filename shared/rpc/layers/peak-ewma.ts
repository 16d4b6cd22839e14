import type { AttemptEnd, Learn } from './attempts.ts';
import { isFaultOf } from './retryable.ts';

/** A latency estimate: peak-sensitive, exponentially decaying. `costMs` was true at `stampMs`. */
export interface PeakEwma {
  costMs: number;
  stampMs: number;
}

/** Time constant of forgetting. Finagle's and Linkerd's default. */
export const decayMs = 10_000;

/** Cost of a replica that was never measured: low enough to be tried soon, and its in-flight calls hold back a rush. */
const unknownMs = 1;

/**
 * Peak EWMA (Finagle, Linkerd): a higher sample replaces the estimate at once, lower ones pull it down slowly. So a replica
 * that turns slow is avoided after one answer, and is tried again as the estimate decays.
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
export function latencyNow(latency: Map<string, PeakEwma>, operation: string, now: number): number {
  const known = latency.get(operation);
  if (!known) return unknownMs;
  return known.costMs * Math.exp((known.stampMs - now) / decayMs);
}

/**
 * What a failed attempt says of latency, ms. Abandoned: it would have taken at least this long, which is news only when it is longer than
 * expected. The replica's fault: three times as costly as it was, so that failing fast attracts no calls. Otherwise the time it took.
 */
export function costOfFailure(
  elapsedMs: number,
  expectedMs: number,
  { abandoned, fault }: { abandoned: boolean; fault: boolean },
): number | undefined {
  if (abandoned) return elapsedMs > expectedMs ? elapsedMs : undefined;
  return fault ? Math.max(elapsedMs, 3 * expectedMs) : elapsedMs;
}

/** Feeds the estimates of each replica, by which `balance` chooses the next. */
export const learnPeakEwma: Learn = ({ call, peer, elapsedMs, endedAt, error, abandoned }: AttemptEnd) => {
  const operation = call.operation.name;
  const costMs =
    error === undefined
      ? elapsedMs
      : costOfFailure(elapsedMs, latencyNow(peer.latency, operation, endedAt), {
          abandoned,
          fault: isFaultOf(peer.node, error),
        });
  if (costMs !== undefined) observeLatency(peer.latency, operation, costMs, endedAt);
};
