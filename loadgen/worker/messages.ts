import type { WorkerHealth } from '../measure/health.ts';
import type { Totals } from '../measure/recorder.ts';
import type { TickRow } from '../measure/timeline.ts';
import type { LoadPlan } from '../options/plan.ts';
import type { OracleEntries } from '../verify/oracle.ts';
import type { SeenWrong } from '../verify/wrong-answers.ts';

export interface WorkerSnapshot {
  totals: Totals;
  /** The rows of the timeline that changed since the last snapshot. */
  ticks: [number, TickRow][];
  /** Examples of wrong answers since the last snapshot. */
  wrong: SeenWrong[];
  health: WorkerHealth;
  inFlight: number;
  waiting: number;
}

export type ToWorker =
  | { type: 'prepare'; plan: LoadPlan; index: number; tickMs: number; oracle?: OracleEntries }
  /** `startAt`: unix ms, fractional, the same for all workers. */
  | { type: 'start'; startAt: number }
  | { type: 'stop' };

export type FromWorker =
  | { type: 'ready' }
  | { type: 'prepared' }
  | { type: 'snapshot'; snapshot: WorkerSnapshot }
  | { type: 'finished'; snapshot: WorkerSnapshot }
  | { type: 'failed'; message: string; code: string };
