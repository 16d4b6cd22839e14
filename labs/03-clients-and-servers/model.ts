import { shardOf } from '../../search/sharding.ts';
import { sleep } from '../../shared/time/scheduler.ts';
import { constant } from '../../shared/time/sim/distribution.ts';
import { createNetwork } from '../../shared/time/sim/network.ts';
import { createSimulation } from '../../shared/time/sim/simulation.ts';
import { createStation } from '../../shared/time/sim/station.ts';
import { createSimHosts } from '../../shared/rpc/transports/sim.ts';
import { arrivalTimes } from '../kit/open-load.ts';
import { createRateMeter } from '../kit/rate-meter.ts';
import { createReplicaGroup } from '../kit/replica-group.ts';
import type { Variant } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';
import {
  crashCalls,
  drawPages,
  lanesPerServer,
  serverName,
  victimOf,
  type Architecture,
  type MeasuredArchitecture,
} from './architectures.ts';

const busyFor = { warmMs: 500, forMs: 5_000, windows: 10 };
const toldCalls = 6;

/**
 * An architecture in virtual time. A server is a station; the shard map and the client's layers are those of the
 * system.
 *
 *   client -> shard map -> [ the only copy ]                       without a middle server
 *   client -> middle -> shard map -> balance, retry -> [ copy 1 | copy 2 ]
 */
export async function modelledArchitecture(options: {
  readonly seed: string;
  readonly architecture: Architecture;
  readonly serviceMs: number;
  readonly variant: Variant;
}): Promise<MeasuredArchitecture> {
  const { seed, architecture, serviceMs, variant } = options;
  const { label, servers, parts, copies, middle, crashLoad } = architecture;
  const sim = createSimulation(seed);
  const hosts = createSimHosts({ clock: sim.clock, network: createNetwork(sim) });
  // Broken: the middle server makes no second attempt. Control: most calls are for pages of one server.
  const retry = middle && variant !== 'broken';
  const draw = drawPages(seed, variant === 'control' ? 0.6 : 0);
  const readers = Array.from({ length: parts }, (_, part) => {
    const stations = Array.from({ length: copies }, () =>
      createStation({ ...sim, workers: 1, serviceTime: constant(serviceMs) }),
    );
    return createReplicaGroup({
      sim,
      hosts,
      replicas: copies,
      name: (copy) => serverName(architecture, part + 1, copy + 1),
      policy: { base: 'naive', retry },
      serve: async (copy) => {
        await stations[copy]!.work();
        return { body: {}, tookMs: 0 };
      },
    });
  });
  const read = (page: string) => readers[shardOf(page, parts) - 1]!();

  const meter = createRateMeter(sim.clock, busyFor);
  const lane = async (): Promise<void> => {
    while (!meter.isOver()) {
      await read(draw());
      meter.count();
    }
  };
  const busy = Promise.all(Array.from({ length: lanesPerServer * servers }, lane));
  await sim.run();
  await busy;

  const victim = victimOf(architecture);
  hosts.kill(victim);
  const timeline = [`${label}: ${victim} has crashed`];
  let lost = 0;
  const crashedAt = sim.clock.now();
  const after = arrivalTimes(seed, crashCalls, (1_000 * crashLoad) / serviceMs).map(async (dueMs, i) => {
    await sleep(sim.scheduler, dueMs);
    const page = draw();
    const sentAt = sim.clock.now();
    const outcome = await read(page).then(
      () => `an answer after ${digits(sim.clock.now() - sentAt)} ms`,
      (error: Error) => {
        lost++;
        return `no answer: ${error.message}`;
      },
    );
    if (i < toldCalls)
      timeline.push(`  ${digits(sentAt - crashedAt)} ms: page ${page} of part ${shardOf(page, parts)}: ${outcome}`);
  });
  await sim.run();
  await Promise.all(after);
  return { ...meter.figures(), lost, timeline };
}
