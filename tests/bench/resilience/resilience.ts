import { benchPortBase, firstCorrectSearch, gatewayUrl, run, temporaryData, up } from '../cluster/cluster.ts';
import type { Row } from '../row.ts';
import { hangs, kills } from './crashes.ts';
import { createLoad, told, type Felt, type Load } from './load.ts';
import { limps, overload, storm } from './strain.ts';
import { createSystem, type System } from './system.ts';

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

const clientUrl = `http://127.0.0.1:${benchPortBase + 1_080}`;
const nodeCount = 21;

/** Row 12: the last table of FAULTS, live, on the default cluster at half of its peak, resilient against naive. */
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
        // What was learnt under the last policy is gone: delays are measured anew, and hedges have their reserve to spend.
        await load[way]({ users: 16, seconds: 2 });
        return load[way]({ users: 16, seconds: 2 });
      };
      await load.record();
      await load.pages({ users: 8, seconds: 3 });
      await load.searches({ users: 16, seconds: 4 });
      const quiet = await load.searches({ users: 1, seconds: 2 });
      say(`one user: ${told(quiet)}`);
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
