import { firstCorrectSearch, gatewayUrl, dataWithDataset, up } from '../cluster/cluster.ts';
import { createLoad, type Felt, type Load } from './load.ts';
import { clientUrl, createSystem, nodeCount, type System } from './system.ts';

/** Everything that a row needs for its measurement. */
export interface Bed {
  readonly system: System;
  readonly load: Load;
  /**
   * The highest throughput under the policy in force, from more waiting users than the cluster has cores. Measured
   * again after every change of the policy, because other work shares the machine.
   */
  readonly peak: (way?: Way) => Promise<Felt>;
  readonly say: (line: string) => void;
}

/**
 * The users' way in: the gateway's API, or whole pages from the client. Pages cost one hop more, so their peak is
 * lower.
 */
export type Way = 'searches' | 'pages';

const peakUsers = 16;
const peakSeconds = { first: 2, measured: 3 };

/** Runs the default cluster, records its right answers, and ends it after the measurement. */
export async function onBed<T>(
  say: (line: string) => void,
  measure: (bed: Bed) => Promise<T>,
  ...flags: string[]
): Promise<T> {
  using data = await dataWithDataset(2);
  await using _cluster = up(data.dir, 'multitier', ...flags);
  const system = await createSystem(data.dir, nodeCount);
  await firstCorrectSearch(gatewayUrl, performance.now());
  const load = createLoad(data.dir, gatewayUrl, clientUrl);
  await load.record();
  const peak = async (way: Way = 'searches') => {
    // A change of policy drops all measurements. The first load measures delays again, and uses up the reserve of
    // hedges.
    await load[way]({ users: peakUsers, seconds: peakSeconds.first });
    return load[way]({ users: peakUsers, seconds: peakSeconds.measured });
  };
  return await measure({ system, load, peak, say });
}
