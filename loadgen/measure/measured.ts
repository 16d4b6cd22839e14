import type { JournalEvent } from '../journal/event.ts';
import type { Plan } from '../options/plan.ts';
import type { WorkerHealth } from './health.ts';
import type { TimeHistogram } from './histogram.ts';
import type { WrongAnswer } from '../verify/wrong-answers.ts';
import type { Counts, Sessions } from './recorder.ts';
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
  latency: {
    /** To the full answer, from the intended time and from sending: right answers, and requests that were given up. */
    intended: TimeHistogram;
    sent: TimeHistogram;
    /** Errors and wrong answers, from the intended time: fast failures must not improve the latency of the others. */
    errors: TimeHistogram;
    /** From the intended time to sending, and the generator's own part of it. */
    lateness: TimeHistogram;
    own: TimeHistogram;
  };
  /** Requests that ended, whatever their end, and their mean time in flight. */
  flight: { count: number; meanMs: number };
  /** Requests that waited for a free connection. */
  waited: number;
  sessions: Sessions;
  /** Examples of wrong answers; `counts.wrong` says how many there were. */
  wrongAnswers: WrongAnswer[];
  /** Coefficients of variation of the gaps between arrivals. */
  gaps: { intended: number | undefined; sent: number | undefined };
  /** The Zipf exponent asked for and the one that the draws have. */
  skew: { asked: number; achieved: number } | undefined;
  tickMs: number;
  /** Tick number -> what happened, ascending. */
  ticks: [number, TickRow][];
  workers: WorkerHealth[];
  journal: JournalEvent[];
  /** `openFiles`: how many files and sockets a process may have open; undefined where that is not known. */
  machine: { node: string; cores: number; platform: string; openFiles: number | undefined };
}

export function ratePerSecond(count: number, durationMs: number): number {
  return durationMs > 0 ? (count / durationMs) * 1000 : 0;
}
