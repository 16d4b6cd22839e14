import type { Felt, Load } from './load.ts';
import type { System } from './system.ts';

/** Everything that a row needs for its measurement. */
export interface Bed {
  readonly system: System;
  readonly load: Load;
  /**
   * Half of the highest throughput, requests per second. Measured again for every row, because other work shares the
   * machine.
   */
  readonly halfOfPeak: (way?: Way) => Promise<number>;
  /** The figures of one user alone, before all rows. */
  readonly quiet: Felt;
  /** The highest throughput under the policy in force, from more waiting users than the cluster has cores. */
  readonly peak: () => Promise<Felt>;
  readonly say: (line: string) => void;
}

/**
 * The users' way in: the gateway's API, or whole pages from the client. Pages cost one hop more, so their peak is
 * lower.
 */
export type Way = 'searches' | 'pages';
