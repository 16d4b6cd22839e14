import { expect, test } from 'vitest';
import { normal, constant } from '../../../shared/time/sim/distribution.ts';
import { transcript } from '../transcript.ts';
import { createWorld, load, results, type Results } from '../world.ts';

/**
 * Linkerd's experiment (Jenson, "Beyond Round Robin: Load Balancing for Latency", 2016): 11 backends, median 167 ms, deviation 5 ms; one
 * client at 1,000 calls a second; one minute; from second 15 one backend takes exactly 2 s for 30 s. Nothing but balancing is on.
 */
async function linkerd(by: string, seed: number): Promise<Results> {
  const world = createWorld(seed);
  const { sim } = world;
  let slow = false;
  const usual = normal(167, 5);
  const pause = constant(2_000);
  const wide = { workers: Infinity, policy: 'naive' };
  world.servers('backend', 11, {
    ...wide,
    serviceTime: constant(0),
    afterwards: (_, node) =>
      new Promise((resolve) => {
        const time = node === 'backend-1' && slow ? pause : usual;
        sim.scheduler.after(time(sim.random), () => resolve(undefined));
      }),
  });
  sim.scheduler.after(15_000, () => (slow = true));
  sim.scheduler.after(45_000, () => (slow = false));
  const client = world.client('client', { base: 'naive', balance: { by: by as 'random', slowStartMs: 0 } });
  const outcomes = load(world, {
    ratePerSecond: 1_000,
    untilMs: 60_000,
    poisson: false,
    call: () => client.service(world.call('backend')),
  });
  await sim.run();
  expect(sim.pending).toBe(0);
  return results(outcomes);
}

test('with one of 11 backends slow by 2 s, peak EWMA keeps 99.9% of calls under 1 s, as Linkerd measured', async () => {
  const log = transcript(
    'balance-linkerd',
    '11 backends, one takes 2 s from second 15 to 45; 1,000 calls/s for a minute (Linkerd, 2016)',
  );
  log.row('', 'under 1 s', 'published', 'p50 ms', 'p99 ms', 'p99.9 ms');
  const published = { round_robin: '95.46%', least_outstanding: '99.49%', peak_ewma: '99.92%' };
  const share: Record<string, number> = {};
  for (const [by, figure] of Object.entries(published)) {
    const measured = await linkerd(by, 1);
    share[by] = measured.shareWithin(1_000) * 100;
    log.row(by, `${share[by].toFixed(2)}%`, figure, measured.quantile(0.5), measured.quantile(0.99), measured.quantile(0.999));
  }
  log.save();
  expect(share.round_robin).toBeCloseTo(95.46, 1);
  expect(share.least_outstanding).toBeGreaterThanOrEqual(99.4);
  expect(share.peak_ewma).toBeGreaterThanOrEqual(99.9);
});
