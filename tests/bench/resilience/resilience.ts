import { firstCorrectSearch, gatewayUrl, run, temporaryData, up } from '../cluster/cluster.ts';
import type { Row } from '../row.ts';
import type { Bed, Way } from './bed.ts';
import { hangs, kills } from './crashes.ts';
import { createLoad, inWords } from './load.ts';
import { limps, overload, storm } from './strain.ts';
import { clientUrl, createSystem, nodeCount } from './system.ts';

/**
 * Row 12: resilient against naive, on the live default cluster at half of its peak, with crashes, hung and slow nodes,
 * and storms.
 */
export async function resilience(say: (line: string) => void): Promise<readonly Row[]> {
  const data = temporaryData();
  try {
    await run('dataset', '--data', data.dir, '--shards', '2');
    const cluster = up(data.dir, 'multitier', '--chaos');
    try {
      const system = await createSystem(data.dir, nodeCount);
      await firstCorrectSearch(gatewayUrl, performance.now());
      const load = createLoad(data.dir, gatewayUrl, clientUrl);
      const peak = async (way: Way = 'searches') => {
        // A change of policy drops all measurements. This load measures delays again, and uses up the reserve of
        // hedges.
        await load[way]({ users: 16, seconds: 2 });
        return load[way]({ users: 16, seconds: 2 });
      };
      await load.record();
      await load.pages({ users: 8, seconds: 3 });
      await load.searches({ users: 16, seconds: 4 });
      const quiet = await load.searches({ users: 1, seconds: 2 });
      say(`one user: ${inWords(quiet)}`);
      const halfOfPeak = async (way?: Way) => Math.max(10, (await peak(way)).goodput / 2);
      const bed: Bed = { system, load, halfOfPeak, quiet, peak, say };
      const rows: Row[] = [];
      for (const measure of [kills, hangs, limps, overload, storm]) rows.push(...(await measure(bed)));
      return rows;
    } finally {
      await cluster.stop();
    }
  } finally {
    data.remove();
  }
}
