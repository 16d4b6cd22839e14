import type { Span } from '../../shared/trace/span.ts';

/** Where the work of a called node lies within the attempt of its caller. */
export interface Alignment {
  /** From the start of the attempt to the start of the work, ms. */
  readonly leadMs: number;
  /** Of that time, the wait for a turn in the called process; the rest is the way there. */
  readonly queueMs: number;
  /** The time on the way, there and back. */
  readonly networkMs: number;
}

/**
 * The clocks of two nodes are never compared. A node's work lies inside the attempt that caused it, so it is put in the
 * middle: the way there takes as long as the way back. NTP and Jaeger's adjuster for clock skew assume the same. All
 * spans of the called node move together. Work that takes longer than its abandoned attempt starts together with the
 * attempt.
 *
 *   attempt  |------------------------------|
 *   serve       way | queue | work     | way
 */
export function align(attempt: Pick<Span, 'durationMs'>, serve: Pick<Span, 'durationMs' | 'queueMs'>): Alignment {
  const besideWorkMs = Math.max(0, attempt.durationMs - serve.durationMs);
  const queueMs = Math.min(serve.queueMs, besideWorkMs);
  const networkMs = besideWorkMs - queueMs;
  return { leadMs: networkMs / 2 + queueMs, queueMs, networkMs };
}
