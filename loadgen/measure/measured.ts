import type { JournalEvent } from '../journal/read.ts';
import type { LoadPlan } from '../options/plan.ts';
import type { WorkerHealth } from './health.ts';
import type { TimeHistogram } from './histogram.ts';
import type { WrongAnswer } from '../verify/wrong-answers.ts';
import type { Counts, Sessions } from './recorder.ts';
import type { TickRow } from './timeline.ts';

/** How a run ended. */
export type Ending = { kind: 'finished' } | { kind: 'interrupted' } | { kind: 'worker-died'; message: string };

/** The measurements of one run, merged over its workers. */
export interface MeasuredRun {
  plan: LoadPlan;
  /** Unix ms of time 0. */
  startedAtMs: number;
  /** From time 0 to the last possible arrival: the plan's duration, or less when the run was interrupted. */
  durationMs: number;
  ending: Ending;
  counts: Counts;
  codes: Record<string, number>;
  names: Record<string, { done: number; errors: number }>;
  latency: {
    /**
     * The time until the full answer, or until the request was given up. `intended` counts from the intended time, and
     * `sent` from sending.
     */
    intended: TimeHistogram;
    sent: TimeHistogram;
    /**
     * Errors and wrong answers, from the intended time. They are separate, so that fast failures do not improve the
     * latency.
     */
    errors: TimeHistogram;
    /** From the intended time to sending, and the generator's own part of that time. */
    lateness: TimeHistogram;
    own: TimeHistogram;
  };
  /** The number of requests that ended, with any result, and their mean time in flight. */
  flight: { count: number; meanMs: number };
  /** Requests that waited for a free connection. */
  waited: number;
  sessions: Sessions;
  /** Examples of wrong answers; `counts.wrong` says how many there were. */
  wrongAnswers: WrongAnswer[];
  /** Coefficients of variation of the gaps between arrivals. */
  gaps: { intended: number | undefined; sent: number | undefined };
  /** The Zipf exponent that was asked for, and the exponent of the actual draws. */
  skew: { asked: number; achieved: number } | undefined;
  tickMs: number;
  /** Tick number -> events of that tick, ascending. */
  ticks: [number, TickRow][];
  workers: WorkerHealth[];
  journal: JournalEvent[];
  /** `openFiles`: how many files and sockets a process may open; undefined where that is unknown. */
  machine: { node: string; cores: number; platform: string; openFiles: number | undefined };
}

export function ratePerSecond(count: number, durationMs: number): number {
  return durationMs > 0 ? (count / durationMs) * 1000 : 0;
}
