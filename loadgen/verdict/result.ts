import type { Measured } from '../measure/measured.ts';
import type { ThresholdResult } from './thresholds.ts';

/** A measured run with its verdicts. */
export interface RunResult extends Measured {
  valid: boolean;
  /** Why it is not valid. */
  reasons: string[];
  /** The load could not be produced: nothing is known about the server. */
  generatorAtFault: boolean;
  /** What should be known, without spoiling the run. */
  notes: string[];
  thresholds: ThresholdResult[];
}
