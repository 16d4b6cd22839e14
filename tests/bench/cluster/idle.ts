import { readFileSync } from 'node:fs';
import { cpuSeconds } from '../cpu.ts';
import { spread, type Row } from '../row.ts';
import { median } from '../../../shared/quantile.ts';
import { allReady, run, temporaryData, up, type NodeRow } from './cluster.ts';

/** So long the cluster may settle: then each process has given back the memory of its start. s */
const settleSeconds = 15;
/** The length of each window of CPU time, s. */
const windowSeconds = 4;
const windows = 5;
const memoryGoalBytes = 1e9;
const cpuGoal = 0.05;

/** Rows 6 and 17: the cost of the default topology without users. Linux only: it reads /proc. */
export async function idle(say: (line: string) => void): Promise<readonly Row[]> {
  const data = temporaryData();
  try {
    await run('dataset', '--data', data.dir, '--shards', '2');
    const cluster = up(data.dir, 'multitier');
    try {
      const nodes = await allReady(21);
      const pids = [cluster.process.pid!, ...nodes.map(({ pid }) => pid)];
      await seconds(settleSeconds);
      const shares: number[] = [];
      for (let i = 0; i < windows; i++) {
        const [cpu, at] = [cpuSeconds(pids), performance.now()];
        await Promise.all([seconds(windowSeconds), scrapeAll(nodes)]);
        shares.push((cpuSeconds(pids) - cpu) / ((performance.now() - at) / 1000));
        say(`${(shares.at(-1)! * 100).toFixed(1)}% of a core`);
      }
      const bytes = pids.map(proportionalBytes).reduce((sum, each) => sum + each, 0);
      return [
        {
          row: 6,
          name: 'memory, idle: sum of proportional set sizes, watchdog included',
          ours: `${(bytes / 1e9).toFixed(2)} GB`,
          reference: 'none',
          ratio: bytes / memoryGoalBytes,
          spread: [bytes / memoryGoalBytes, bytes / memoryGoalBytes],
          goal: '<= 1.0 GB (ratio to the goal <= 1)',
          met: bytes <= memoryGoalBytes,
        },
        {
          row: 17,
          name: 'idle cost: heartbeats, and every node scraped once in 4 s',
          ours: `${(median(shares) * 100).toFixed(1)}% of a core`,
          reference: 'none',
          ratio: median(shares) / cpuGoal,
          spread: spread(shares.map((share) => share / cpuGoal)),
          goal: '<= 5% of a core (ratio to the goal <= 1)',
          met: median(shares) <= cpuGoal,
        },
      ];
    } finally {
      await cluster.stop();
    }
  } finally {
    data.remove();
  }
}

const seconds = (count: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, count * 1000));

async function scrapeAll(nodes: readonly NodeRow[]): Promise<void> {
  await Promise.all(nodes.map(async ({ opsPort }) => (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text()));
}

function proportionalBytes(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)![1]) * 1024;
}
