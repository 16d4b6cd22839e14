import type { MeasuredRun } from '../measure/measured.ts';
import type { ThresholdResult } from './thresholds.ts';

/** A measured run with its verdicts. */
export interface RunResult extends MeasuredRun {
  valid: boolean;
  /** The reasons why the result is not valid. */
  reasons: string[];
  /** The load could not be produced, so nothing is known about the server. */
  generatorAtFault: boolean;
  /** What to do before the next run, where the reasons themselves do not say it. */
  advice: string | undefined;
  /** Notes for the reader that do not make the run invalid. */
  notes: string[];
  thresholds: ThresholdResult[];
}
