import { findAcrossShards } from '../../services/database/scatter.ts';
import { centralStatistics } from '../../services/query/central-statistics.ts';
import type { CentralStatisticsSettings } from '../../shared/rpc/central-statistics-settings.ts';
import type { Context } from '../../shared/rpc/context.ts';
import { RpcError } from '../../shared/rpc/errors.ts';
import { seededRandom } from '../../shared/time/random.ts';
import { sleep } from '../../shared/time/scheduler.ts';
import { constant } from '../../shared/time/sim/distribution.ts';
import { createSimulation } from '../../shared/time/sim/simulation.ts';
import { createStation } from '../../shared/time/sim/station.ts';
import { createRateMeter } from '../kit/rate-meter.ts';
import type { Variant } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';
import { deadShares, lanes, searchesWithoutCentre, shares, type MeasuredCentre } from './shares.ts';

const servers = 4;
const shardCount = 2;
const busyFor = { warmMs: 2_000, forMs: 10_000, windows: 10 };
/** What a shard needs at most, ms: far less than the centre. */
const shardMs = 20;

const plan = { query: 'river', terms: [{ term: 'river', weight: 1 }], phrases: [], exclusions: [] };
const statistics = { documents: 120, fieldLengths: [240, 120, 4_800], frequencies: [0, 0, 40] };
const doubled = { documents: 240, fieldLengths: [480, 240, 9_600], frequencies: [0, 0, 80] };

/**
 * In virtual time: the switch `centralStatistics` and the fan-out over the shards are those of the system; the shards
 * and the centre are modelled.
 *
 *   caller -> server -> the centre (a station; only for a share f of the searches) -> two shards
 */
export async function modelledCentre(options: {
  readonly seed: string;
  readonly serviceMs: number;
  readonly variant: Variant;
}): Promise<MeasuredCentre> {
  const { seed, serviceMs, variant } = options;
  const sim = createSimulation(seed);
  const random = seededRandom(`${seed}/shards`);
  const context = { deadlineAt: Infinity, signal: new AbortController().signal } as Context;
  let inForce: CentralStatisticsSettings | false = false;
  let alive = true;
  const timeline: string[] = [];

  // Control: a second node has a copy of the table. The first one crashes.
  const tables = Array.from({ length: variant === 'control' ? 2 : 1 }, () =>
    createStation({ ...sim, workers: 1, serviceTime: constant(serviceMs) }),
  );
  let turn = 0;
  const centre = {
    statistics: async () => {
      const table = turn++ % tables.length;
      if (!alive && table === 0) throw new RpcError('unreachable', 'no connection to the centre');
      await tables[table]!.work();
      return { statistics: doubled };
    },
  };
  const database = {
    find: async () => {
      await sleep(sim.scheduler, shardMs * random.next());
      return { total: 0, statistics, candidates: [], version: '1' };
    },
  };
  const callers = Array.from({ length: servers }, () =>
    // Broken: the servers do not ask the centre.
    centralStatistics({ settings: () => (variant === 'broken' ? false : inForce), centre: () => centre }),
  );
  const search = async (i: number): Promise<void> => {
    const given = await callers[i % servers]!(plan, context);
    await findAcrossShards(database, shardCount, { plan, size: 10 }, context, given);
  };

  const ceilings: MeasuredCentre['ceilings'][number][] = [];
  for (const f of shares) {
    inForce = { share: f, node: 'centre-1' };
    const meter = createRateMeter(sim.clock, busyFor);
    let next = 0;
    const lane = async (): Promise<void> => {
      while (!meter.isOver()) {
        await search(next++);
        meter.count();
      }
    };
    const all = Promise.all(Array.from({ length: lanes }, lane));
    await sim.run();
    await all;
    const figures = meter.figures();
    timeline.push(`f = ${f}: ${figures.answered} searches in ${digits(busyFor.forMs / 1_000)} s`);
    ceilings.push({ f, ...figures });
  }

  alive = false;
  timeline.push('the centre has crashed');
  const failed: MeasuredCentre['failed'][number][] = [];
  for (const f of deadShares) {
    inForce = { share: f, node: 'centre-1' };
    let count = 0;
    const all = (async () => {
      for (let i = 0; i < searchesWithoutCentre; i++)
        await search(i).then(
          () => i < 4 && timeline.push(`  f = ${f}, search ${i + 1}: an answer`),
          (error: Error) => {
            count++;
            if (i < 4) timeline.push(`  f = ${f}, search ${i + 1}: ${error.message}`);
          },
        );
    })();
    await sim.run();
    await all;
    failed.push({ f, count });
  }
  return { ceilings, failed, timeline };
}
