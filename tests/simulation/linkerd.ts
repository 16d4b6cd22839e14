import { constant, normal } from '../../shared/time/sim/distribution.ts';
import { createWorld, load, results, type Results } from './world.ts';

/**
 * Linkerd's experiment (Jenson, "Beyond Round Robin: Load Balancing for Latency", 2016): 11 backends, median 167 ms,
 * deviation 5 ms; one client; one backend takes exactly 2 s for the middle half of the time. Nothing but balancing is
 * on.
 */
export const linkerd = {
  backends: 11,
  usualMs: 167,
  deviationMs: 5,
  slowMs: 2_000,
  slowFrom: 0.25,
  slowTo: 0.75,
} as const;

export interface LinkerdLoad {
  readonly ratePerSecond: number;
  readonly seconds: number;
}

/** As published: a minute at 1,000 calls a second. */
export const published: LinkerdLoad = { ratePerSecond: 1_000, seconds: 60 };

/** The policy that differs from the naive one by its balancer only. */
export const balancing = (by: string) => ({ base: 'naive', balance: { by, slowStartMs: 0 } });

/** In virtual time; throws when anything is left over. */
export async function simulateLinkerd(
  by: string,
  seed: number,
  { ratePerSecond, seconds } = published,
): Promise<Results> {
  const world = createWorld(seed);
  const { sim } = world;
  let slow = false;
  const usual = normal(linkerd.usualMs, linkerd.deviationMs);
  const pause = constant(linkerd.slowMs);
  world.servers('backend', linkerd.backends, {
    workers: Infinity,
    policy: 'naive',
    serviceTime: constant(0),
    afterwards: (_, node) =>
      new Promise((resolve) => {
        const time = node === 'backend-1' && slow ? pause : usual;
        sim.scheduler.after(time(sim.random), () => resolve(undefined));
      }),
  });
  const ms = seconds * 1_000;
  sim.scheduler.after(linkerd.slowFrom * ms, () => (slow = true));
  sim.scheduler.after(linkerd.slowTo * ms, () => (slow = false));
  const client = world.client('client', balancing(by));
  const outcomes = load(world, {
    ratePerSecond,
    untilMs: ms,
    poisson: false,
    call: () => client.service(world.call('backend')),
  });
  await sim.run();
  if (sim.pending > 0) throw new Error(`${sim.pending} timers are left`);
  return results(outcomes);
}
