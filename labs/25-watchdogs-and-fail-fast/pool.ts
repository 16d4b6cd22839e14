import { RpcError } from '../../shared/rpc/errors.ts';
import { seededRandom } from '../../shared/time/random.ts';
import { sleep } from '../../shared/time/scheduler.ts';
import { exponential } from '../../shared/time/sim/distribution.ts';
import { createSimulation } from '../../shared/time/sim/simulation.ts';
import { createReplicaGroup } from '../kit/replica-group.ts';
import type { Variant } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';

export const poolWorkers = 50;
/** The time-out of a call to the hanging service. */
export const hangMs = 5_000;
export const quickMs = 10;
export const healthyPerSecond = 20;
const seconds = 600;
/** The first seconds fill the workers. */
export const warmUpSeconds = 30;
const partSeconds = 30;

export interface PoolRun {
  /** The served share of the healthy requests, in each part of the time. */
  readonly shares: readonly number[];
  readonly healthy: number;
  /** Calls to the hanging service that ended with the time-out. */
  readonly timedOut: number;
  /** The most workers that were busy at a time, after the warm-up. */
  readonly mostBusy: number;
  readonly timeline: readonly string[];
}

/**
 * A server in virtual time. Each request holds a worker until it has its answer, and without a free worker it is
 * refused. The time-out and the breaker are layers of the system.
 *
 *   rate/s  -> worker -> [ breaker -> time-out ] -> service A, which hangs
 *   20/s    -> worker -> service B, which is well
 */
export async function poolRun({
  seed,
  rate,
  breaker,
  variant,
}: {
  readonly seed: string;
  readonly rate: number;
  readonly breaker: boolean;
  readonly variant: Variant;
}): Promise<PoolRun> {
  const sim = createSimulation(seed);
  const random = seededRandom(`${seed}/arrivals`);
  // Control: the service does not hang.
  const tookMs = variant === 'control' ? quickMs : 2 * hangMs;
  const callA = createReplicaGroup({
    sim,
    replicas: 1,
    policy: { base: 'naive', attemptTimeout: { fixedMs: hangMs }, breaker },
    deadlineMs: 2 * hangMs,
    serve: () => ({ body: {}, tookMs }),
  });
  const parts = Array.from({ length: seconds / partSeconds }, () => ({ served: 0, all: 0 }));
  const timeline: string[] = [];
  let [busy, healthy, timedOut, mostBusy] = [0, 0, 0, 0];
  const measuredMs = (): number => sim.clock.now() - 1_000 * warmUpSeconds;

  const onHanging = async (): Promise<void> => {
    const startedAt = sim.clock.now();
    try {
      await callA();
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
    }
    const heldMs = sim.clock.now() - startedAt;
    if (heldMs >= hangMs) timedOut++;
    // Broken: a refusal of the breaker still takes the whole time-out.
    else if (breaker && variant === 'broken') await sleep(sim.scheduler, hangMs - heldMs);
  };
  /** Whether a worker was free for the job. */
  const take = (job: () => Promise<void>): boolean => {
    if (busy === poolWorkers) return false;
    busy++;
    if (measuredMs() >= 0) mostBusy = Math.max(mostBusy, busy);
    void job().then(() => busy--);
    return true;
  };
  const every = (perSecond: number, task: () => void): void => {
    const gap = exponential(1_000 / perSecond);
    const next = (): void => {
      if (measuredMs() >= 1_000 * seconds) return;
      task();
      sim.scheduler.after(gap(random), next);
    };
    sim.scheduler.after(gap(random), next);
  };

  every(rate, () => take(onHanging));
  every(healthyPerSecond, () => {
    const served = take(() => sleep(sim.scheduler, quickMs));
    if (!served && timeline.length === 0)
      timeline.push(
        `${digits(sim.clock.now() / 1_000)} s  all ${poolWorkers} workers wait: a healthy request is refused`,
      );
    if (measuredMs() < 0) return;
    healthy++;
    const part = parts[Math.floor(measuredMs() / (1_000 * partSeconds))]!;
    part.all++;
    if (served) part.served++;
  });
  await sim.run();
  return { shares: parts.map(({ served, all }) => served / Math.max(1, all)), healthy, timedOut, mostBusy, timeline };
}
