import { systemClock as clock } from '../../shared/time/clock.ts';
import { seededRandom } from '../../shared/time/random.ts';
import { systemScheduler as scheduler } from '../../shared/time/scheduler.ts';
import { createBackendClient } from '../kit/backend-client.ts';
import { nameOf } from '../kit/replica-group.ts';
import { withServers } from '../kit/server-processes.ts';
import type { LiveContext } from '../runner/lab.ts';
import { balancePolicy, type OfferedLoad, measureLoad, type BalancedRun } from './model.ts';

const program = new URL('./backend.ts', import.meta.url);

/** The loads one after the other, at `n` processes. */
export const liveLoads = (
  n: number,
  loads: readonly OfferedLoad[],
  { seed, signal: interrupt, progress }: Pick<LiveContext, 'seed' | 'signal' | 'progress'>,
): Promise<readonly BalancedRun[]> =>
  withServers(
    { program, names: Array.from({ length: n }, (_, i) => nameOf(i)), caller: 'lab-15', signal: interrupt },
    async ({ endpoints, transport, tell, signal }) => {
      const ran: BalancedRun[] = [];
      for (const load of loads) {
        const random = seededRandom(`${seed}/${load.by}`);
        const policy = balancePolicy(load.by);
        const read = createBackendClient({ clock, random, scheduler, endpoints, policy, transport, signal });
        const setSlow = (isSlow: boolean): void => tell(0, isSlow);
        const onProgress = (done: number, total: number): void => progress(`calls, ${load.by}`, done, total);
        ran.push(await measureLoad({ ...load, clock, scheduler, read, setSlow, signal, onProgress }));
      }
      return ran;
    },
  );
