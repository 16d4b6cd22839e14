import type { JournalEvent } from '../journal/event.ts';
import type { Plan } from '../options/plan.ts';
import type { WorkerHealth } from './health.ts';
import type { TimeHistogram } from './histogram.ts';
import type { Counts } from './recorder.ts';
import type { TickRow } from './timeline.ts';

/** How a run came to its end. */
export type Ending = { kind: 'finished' } | { kind: 'interrupted' } | { kind: 'worker-died'; message: string };

/** What one run measured, merged over its workers. */
export interface Measured {
  plan: Plan;
  /** Unix ms of time 0. */
  startedAtMs: number;
  /** From time 0 to the last arrival that could be due: the plan's, or less when interrupted. */
  durationMs: number;
  ending: Ending;
  counts: Counts;
  codes: Record<string, number>;
  names: Record<string, { done: number; errors: number }>;
  /** ms: to the full answer from the intended time, and from sending; from the intended time to sending; to the generator's own part of that. */
  latency: { intended: TimeHistogram; sent: TimeHistogram; lateness: TimeHistogram; own: TimeHistogram };
  /** Requests that waited for a free connection. */
  waited: number;
  /** Coefficients of variation of the gaps between requests. */
  gaps: { intended: number | undefined; sent: number | undefined };
  /** The Zipf exponent asked for and the one that the draws have. */
  skew: { asked: number; achieved: number } | undefined;
  tickMs: number;
  /** Tick number -> what happened, ascending. */
  ticks: [number, TickRow][];
  workers: WorkerHealth[];
  journal: JournalEvent[];
  machine: { node: string; cores: number; platform: string };
}

export function ratePerSecond(count: number, durationMs: number): number {
  return durationMs > 0 ? (count / durationMs) * 1000 : 0;
}
