import type { Totals } from '../measure/recorder.ts';
import type { TickRow } from '../measure/timeline.ts';
import type { Plan } from '../options/plan.ts';
import type { OracleEntries } from '../verify/oracle.ts';

/** How busy a worker was: what the validity verdict is built on. */
export interface WorkerHealth {
  /** Mean of the number in flight, sampled by a timer over the run: the L of Little's law. */
  meanInFlight: number;
  /** Samples that found all connections in use and requests waiting, as a share. */
  atCap: number;
  /** Event-loop utilisation over the run, 0 to 1. */
  loopUtilisation: number;
  /** 99th percentile of how late a 20 ms timer was, ms. */
  loopDelayP99Ms: number;
  /** Share of the run that the worker waited for a processor (Linux), undefined where unknown. */
  runDelay?: number;
  cpuMs: number;
  /** Due or sent when the run was over, and given up. */
  unsent: number;
  unanswered: number;
  elapsedMs: number;
}

export interface Snapshot {
  totals: Totals;
  /** What changed in the timeline since the last snapshot. */
  ticks: [number, TickRow][];
  health: WorkerHealth;
  inFlight: number;
  waiting: number;
}

export type ToWorker =
  | { type: 'prepare'; plan: Plan; index: number; tickMs: number; oracle?: OracleEntries; runId: string }
  /** `startAt`: unix ms, fractional, the same for all workers. */
  | { type: 'start'; startAt: number }
  | { type: 'stop' };

export type FromWorker =
  | { type: 'ready' }
  | { type: 'prepared' }
  | { type: 'snapshot'; snapshot: Snapshot }
  | { type: 'finished'; snapshot: Snapshot }
  | { type: 'failed'; message: string; code: string };
