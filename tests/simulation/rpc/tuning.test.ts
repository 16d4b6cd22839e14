import { expect, test } from 'vitest';
import { lognormal } from '../../../shared/time/sim/distribution.ts';
import { transcript } from '../transcript.ts';
import { createWorld, load, results } from '../world.ts';

test('hedge delay, attempt timeout and share of hedges follow a doubled service time within 20 s', async () => {
  const world = createWorld(13);
  const servers = world.servers('ranking', 3, { workers: 16, serviceTime: lognormal(20, 0.4) });
  const user = world.client('user', 'resilient');
  const known = user.statistics.of('ranking', { name: 'read', composite: false });
  const log = transcript(
    'follow',
    '3 replicas of 20 ms, 100 calls/s; from second 30 every replica takes twice as long, from second 60 half ' +
      'of that again',
  );
  log.row('second', 'p50 ms', 'p95 ms', 'p99.9 ms', 'hedges', 'of calls');
  world.sim.scheduler.after(30_000, () => servers.forEach(({ station }) => station.setSlowness(2)));
  world.sim.scheduler.after(60_000, () => servers.forEach(({ station }) => station.setSlowness(1)));
  const seen: { atMs: number; p95: number; p50: number; hedgeShare: number }[] = [];
  let hedges = 0;
  let calls = 0;
  world.sim.scheduler.every(5_000, () => {
    const newHedges = world.events('hedge').length - hedges;
    const newCalls = outcomes.length - calls;
    hedges += newHedges;
    calls += newCalls;
    const [p50, p95, p999] = [0.5, 0.95, 0.999].map((q) => known.attempts.quantile(q)!) as [number, number, number];
    seen.push({ atMs: world.sim.clock.now(), p50, p95, hedgeShare: newHedges / newCalls });
    log.row(
      String(world.sim.clock.now() / 1_000),
      p50,
      p95,
      p999,
      newHedges,
      `${((100 * newHedges) / newCalls).toFixed(1)}%`,
    );
  });
  const outcomes = load(world, {
    ratePerSecond: 100,
    untilMs: 90_000,
    call: () => user.service(world.call('ranking', { timeoutMs: 2_000 })),
  });
  await world.sim.run(90_000);
  log.save();
  const at = (second: number) => seen.find(({ atMs }) => atMs === second * 1_000)!;
  for (const second of [50, 55, 60]) expect(at(second).p95 / at(30).p95).toBeGreaterThan(1.6);
  for (const second of [50, 55, 60]) expect(at(second).p95 / at(30).p95).toBeLessThan(2.4);
  for (const second of [80, 85, 90]) expect(at(second).p95 / at(30).p95).toBeLessThan(1.25);
  // Never more than the hedges' budget, whatever changes.
  expect(world.events('hedge').length).toBeLessThanOrEqual(0.05 * outcomes.length + 50);
  expect(results(outcomes).ok).toBe(outcomes.length);
});

test('a timeout set by hand fails when the service changes; one that follows the service does not', async () => {
  const run = async (attemptTimeout: object) => {
    const world = createWorld(17);
    const servers = world.servers('ranking', 3, { workers: 16, serviceTime: lognormal(20, 0.4), policy: 'naive' });
    const user = world.client('user', { base: 'naive', retry: true, budget: true, attemptTimeout });
    world.sim.scheduler.after(10_000, () => servers.forEach(({ station }) => station.setSlowness(5)));
    const outcomes = load(world, {
      ratePerSecond: 100,
      untilMs: 30_000,
      call: () => user.service(world.call('ranking', { timeoutMs: 2_000 })),
    });
    await world.sim.run();
    const measured = results(outcomes).between(10_000, 30_000);
    return measured.ok / measured.outcomes.length;
  };
  const byHand = await run({ fixedMs: 80 });
  const following = await run({ minMs: 10 });
  const log = transcript(
    'static-timeout',
    '20 ms become 100 ms at second 10: share answered with a timeout of 80 ms, and with 3 times the p99.9',
  );
  log.row('set by hand', `${(byHand * 100).toFixed(1)}%`);
  log.row('following', `${(following * 100).toFixed(1)}%`);
  log.save();
  expect(byHand).toBeLessThan(0.7);
  expect(following).toBeGreaterThan(0.99);
});
