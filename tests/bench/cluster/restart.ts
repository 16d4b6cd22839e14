import { rowToGoal, type Row } from '../row.ts';
import { sleep, systemScheduler } from '../../../shared/time/scheduler.ts';
import { nodes, type NodeRow } from './cluster.ts';

const replicas = 3;
const repeats = 5;
const goalMs = 1_000;
/** After this time a node counts as stable, so its restart waits only for the first backoff. */
const stableMs = 10_500;

/**
 * Row 7: kills a database node (-9) and measures the time until its successor is ready. Includes the backoff (100 ms).
 * Three replicas take turns, so each is stable when it is killed.
 */
export async function restart(say: (line: string) => void): Promise<Row> {
  const times: number[] = [];
  for (let i = 0; i < repeats; i++) {
    if (i > 0) await sleep(systemScheduler, stableMs / replicas);
    const victim = (await nodes()).find(({ id }) => id === `database-${1 + (i % replicas)}`)!;
    const since = performance.now();
    process.kill(victim.pid, 'SIGKILL');
    times.push(await untilReadyAgain(victim, since));
    say(`${times.at(-1)!.toFixed(0)} ms`);
  }
  const name = 'database node: from the kill until its new process is ready (one shard of all pages)';
  return rowToGoal({ row: 7, name, goal: '1 s' }, times, goalMs, (ms) => `${ms.toFixed(0)} ms`);
}

async function untilReadyAgain(victim: NodeRow, since: number): Promise<number> {
  for (;;) {
    const now = (await nodes()).find(({ id }) => id === victim.id)!;
    if (now.pid !== null && now.pid !== victim.pid && now.state === 'ready') return performance.now() - since;
    if (performance.now() - since > 30_000) throw new Error('the database node did not come back in 30 s');
    await sleep(systemScheduler, 5);
  }
}
