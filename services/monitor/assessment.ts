import type { Diagnosis } from './decision-table.ts';
import type { Standing } from './hysteresis.ts';

/** The current judgement of one node. */
export interface Assessment {
  /** Of the last window alone. */
  readonly seen: Diagnosis;
  /** After hysteresis. */
  readonly standing: Standing;
  readonly suspected: boolean;
  /** The process that it is about: after a crash the one that is gone, although another one may speak already. */
  readonly aboutIncarnation: number | undefined;
  /** Silent here, but another monitor or a caller reaches it over the data network. */
  readonly reached: boolean;
}
