import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ofRatios, type Row } from '../row.ts';
import { median } from '../../../shared/quantile.ts';
import { firstCorrectSearch, gatewayUrl, dataWithDataset, up } from './cluster.ts';

const repeats = 5;
const processes = 21;
const goal = 2.5;
const bareProcesses = fileURLToPath(new URL('bare-processes.ts', import.meta.url));

/**
 * Row 4: from `tierlab up` to the first correct search, with 21 processes; installed and with its data set. The search
 * is answered when one node of each group is ready, before the other nodes are. Measured in turn with as many Node.js
 * processes that only listen. One parent starts them all in the same way.
 */
export async function start(say: (line: string) => void): Promise<readonly Row[]> {
  using data = await dataWithDataset(2);
  const pairs: { ours: number; bare: number }[] = [];
  for (let i = 0; i < repeats; i++) {
    const bare = await bareMs();
    const since = performance.now();
    await using _cluster = up(data.dir, 'multitier');
    pairs.push({ bare, ours: await firstCorrectSearch(gatewayUrl, since) });
    say(`${pairs.at(-1)!.ours.toFixed(0)} ms; processes that only listen: ${bare.toFixed(0)} ms`);
  }
  const ratios = pairs.map(({ ours, bare }) => ours / bare);
  const seconds = (times: readonly number[]): string => `${(median(times) / 1000).toFixed(2)} s`;
  return [
    {
      row: 4,
      name: `start to first correct search, ${processes} processes`,
      ours: seconds(pairs.map(({ ours }) => ours)),
      reference: `${processes} processes that only listen ${seconds(pairs.map(({ bare }) => bare))}`,
      ...ofRatios(ratios),
      goal: `<= ${goal}`,
      met: median(ratios) <= goal,
    },
  ];
}

/** From the start of the parent until every process listens, ms. */
async function bareMs(): Promise<number> {
  const since = performance.now();
  const parent = spawn(process.execPath, [bareProcesses, String(processes)], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(parent.stdout, 'data');
  const tookMs = performance.now() - since;
  const gone = once(parent, 'exit');
  parent.kill('SIGTERM');
  await gone;
  return tookMs;
}
