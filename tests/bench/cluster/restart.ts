import { spread, type Row } from '../row.ts';
import { median } from '../../../shared/quantile.ts';
import { allReady, firstCorrectSearch, gatewayUrl, nodes, run, temporaryData, up } from './cluster.ts';

const repeats = 7;
const goalMs = 1_000;

/**
 * Row 7: kills a database node (-9) and measures the time until its successor is ready. Includes the backoff (100 ms).
 */
export async function restart(say: (line: string) => void): Promise<readonly Row[]> {
  const data = temporaryData();
  const times: number[] = [];
  try {
    await run('dataset', '--data', data.dir, '--shards', '1');
    const cluster = up(data.dir, 'tiny');
    try {
      await allReady(9);
      await firstCorrectSearch(gatewayUrl, performance.now());
      for (let i = 0; i < repeats; i++) {
        // Wait until the node counts as stable, so that each restart waits only for the first backoff.
        await new Promise((resolve) => setTimeout(resolve, 10_500));
        const before = (await nodes()).find(({ id }) => id === 'database-1')!;
        const since = performance.now();
        process.kill(before.pid, 'SIGKILL');
        times.push(await untilReadyAgain(before.pid, since));
        say(`${times.at(-1)!.toFixed(0)} ms`);
      }
    } finally {
      await cluster.stop();
    }
  } finally {
    data.remove();
  }
  const ms = median(times);
  return [
    {
      row: 7,
      name: 'database node killed to serving again (one shard of all pages)',
      ours: `${ms.toFixed(0)} ms`,
      reference: 'none',
      ratio: ms / goalMs,
      spread: spread(times.map((time) => time / goalMs)),
      goal: '<= 1 s (ratio to the goal <= 1)',
      met: ms <= goalMs,
    },
  ];
}

async function untilReadyAgain(oldPid: number, since: number): Promise<number> {
  for (;;) {
    const now = (await nodes()).find(({ id }) => id === 'database-1')!;
    if (now.pid !== null && now.pid !== oldPid && now.state === 'ready') return performance.now() - since;
    if (performance.now() - since > 30_000) throw new Error('the database node did not come back in 30 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
