import type { PeakEwma } from './peers.ts';

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
