import { expect, test } from 'vitest';
import { constant, exponential, lognormal, mixture } from '../../../shared/time/sim/distribution.ts';
import { transcript } from '../transcript.ts';
import { createWorld, load, results } from '../world.ts';

/** 10 parallel calls, each slow with probability 1%: the request is as slow as the slowest (Dean & Barroso, 2013). */
async function fanOut(policy: object) {
  const world = createWorld(3);
  world.servers('leaf', 3, {
    workers: Infinity,
    policy: 'naive',
    serviceTime: mixture(lognormal(10, 0.2), constant(1_000), 0.01),
  });
  const root = world.client('root', policy);
  let calls = 0;
  const ask = () => {
    calls++;
    return root.service(world.call('leaf'));
  };
  const outcomes = load(world, {
    ratePerSecond: 200,
    untilMs: 25_000,
    call: () => Promise.all(Array.from({ length: 10 }, ask)),
  });
  await world.sim.run();
  expect(world.sim.pending).toBe(0);
  expect(world.hosts.underWay).toBe(0);
  const measured = results(outcomes);
  return { slow: 1 - measured.shareWithin(200), extra: world.events('hedge').length / calls, measured };
}

test('hedging takes a fan-out of 10 from 9.6% slow to about 0.1%, for at most 5% more calls', async () => {
  const log = transcript(
    'hedge-fan-out',
    'fan-out 10, each call slow (1 s instead of 10 ms) with 1%: expected 1 - 0.99^10 = 9.56% slow',
  );
  const plain = await fanOut({ base: 'naive' });
  const hedged = await fanOut({ base: 'naive', hedge: true });
  log.row('', 'slow', 'extra calls', 'p50 ms', 'p99 ms');
  for (const [name, { slow, extra, measured }] of Object.entries({ plain, hedged }))
    log.row(
      name,
      `${(slow * 100).toFixed(2)}%`,
      `${(extra * 100).toFixed(2)}%`,
      measured.quantile(0.5),
      measured.quantile(0.99),
    );
  log.save();
  expect(plain.slow).toBeGreaterThan(0.085);
  expect(plain.slow).toBeLessThan(0.107);
  expect(hedged.slow).toBeLessThan(0.003);
  expect(hedged.extra).toBeLessThanOrEqual(0.05);
});

/** Every server busy to 70%: a second copy of every call would be 140%. */
async function busy(policy: object) {
  const world = createWorld(5);
  world.servers('leaf', 3, { workers: 4, policy: 'naive', serviceTime: exponential(20), stubborn: true });
  const root = world.client('root', policy);
  const outcomes = load(world, {
    ratePerSecond: 420,
    untilMs: 20_000,
    call: () => root.service(world.call('leaf', { timeoutMs: 1_000 })),
  });
  await world.sim.run();
  const measured = results(outcomes);
  return { measured, extra: world.events('hedge').length / outcomes.length };
}

test('hedging overloads a busy service unless a budget, or a look at the other replicas, limits it', async () => {
  const log = transcript(
    'hedge-harmful',
    '3 servers at 70%; a hedge is sent after the median of 14 ms, so half of the calls get a hedge; servers also ' +
      'finish the copies that were stopped',
  );
  const none = await busy({ base: 'naive' });
  const reckless = await busy({ base: 'naive', hedge: { fixedDelayMs: 14, ratio: 1, reserve: 100_000, blind: true } });
  const budgeted = await busy({ base: 'naive', hedge: { fixedDelayMs: 14, blind: true } });
  const looking = await busy({ base: 'naive', hedge: { fixedDelayMs: 14, ratio: 1, reserve: 100_000 } });
  log.row('', 'answered', 'extra calls', 'p50 ms', 'p99 ms');
  for (const [name, { measured, extra }] of Object.entries({
    none,
    'no budget': reckless,
    'budget 5%': budgeted,
    'no budget, looks first': looking,
  }))
    log.row(
      name,
      `${(measured.shareWithin(1_000) * 100).toFixed(1)}%`,
      `${(extra * 100).toFixed(1)}%`,
      measured.quantile(0.5),
      measured.quantile(0.99),
    );
  log.save();
  expect(none.measured.shareWithin(1_000)).toBeGreaterThan(0.999);
  expect(reckless.measured.shareWithin(1_000)).toBeLessThan(0.5);
  expect(budgeted.measured.shareWithin(1_000)).toBeGreaterThan(0.999);
  expect(looking.measured.shareWithin(1_000)).toBeGreaterThan(0.999);
  expect(budgeted.extra).toBeLessThan(0.06);
  expect(budgeted.measured.quantile(0.99)).toBeLessThan(1.5 * none.measured.quantile(0.99));
});
