import type { Felt, Load } from './load.ts';
import type { System } from './system.ts';

/** What every row is measured on. */
export interface Bed {
  readonly system: System;
  readonly load: Load;
  /** Half of what comes out at most, requests per second: measured again for every row, because machines are shared. */
  readonly halfOfPeak: (way?: Way) => Promise<number>;
  /** One user alone, before everything. */
  readonly quiet: Felt;
  /** The most that comes out under the policy in force: users who wait for their answers, more than the cluster has cores. */
  readonly peak: () => Promise<Felt>;
  readonly say: (line: string) => void;
}

/** How users come in: by the gateway's API, or for whole pages by the client. Pages cost one hop more, so their peak is lower. */
export type Way = 'searches' | 'pages';
