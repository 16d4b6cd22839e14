import type { Diagnosis } from './decision-table.ts';
import type { Standing } from './hysteresis.ts';

/** A monitor's present judgement of one node. */
export interface Assessment {
  /** The diagnosis of the last window alone. */
  readonly seen: Diagnosis;
  /** The verdict in force, after hysteresis. */
  readonly standing: Standing;
  readonly suspected: boolean;
  /**
   * The judged incarnation. After a crash it is that of the dead process, even if a new one sends heartbeats already.
   */
  readonly aboutIncarnation: number | undefined;
  /** Another monitor or a caller reaches it over the data network, even if it is silent here. */
  readonly reached: boolean;
}
