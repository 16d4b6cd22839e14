import type { Bench } from '../row.ts';
import { firstStart } from './first-start.ts';
import { idle } from './idle.ts';
import { restart } from './restart.ts';
import { start } from './start.ts';

/** What a newcomer waits for, and what the cluster costs while nobody uses it. */
export const clusterBenches: readonly Bench[] = [
  { only: 'start', run: start },
  { only: 'first-start', run: firstStart },
  { only: 'restart', run: restart },
  { only: 'idle', run: idle },
];
