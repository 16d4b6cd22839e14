import type { Diagnosis } from './decision-table.ts';
import type { Standing } from './hysteresis.ts';

/** What a monitor holds true about one node now. */
export interface Assessment {
  /** The diagnosis of the last window alone. */
  readonly seen: Diagnosis;
  /** The verdict in force, after hysteresis. */
  readonly standing: Standing;
  readonly suspected: boolean;
  /** The incarnation that it is about: after a crash that of the dead process, although a new one may speak already. */
  readonly aboutIncarnation: number | undefined;
  /** Another monitor or a caller reaches it over the data network, even if it is silent here. */
  readonly reached: boolean;
}
