import { expect, test } from 'vitest';
import { RpcError } from '../../../shared/rpc/errors.ts';
import { constant, exponential } from '../../../shared/time/sim/distribution.ts';
import { transcript } from '../transcript.ts';
import { createWorld, load, results, type Client } from '../world.ts';

/** Three attempts at each of three levels without any limit: every level retries every failure. */
const reckless = { base: 'naive', retry: { maxAttempts: 3, anyDepth: true }, budget: false };
const budgeted = { base: 'naive', retry: true, budget: true };

/**
 *   client -> app -> query -> database      the database fails from second 2 to 12
 */
async function storm(policy: object) {
  const world = createWorld(7);
  let broken = false;
  let reached = 0;
  const callers = new Map<string, Client>();
  const forward = (to: string) => async (call: Parameters<Client['service']>[0], node: string) => {
    await callers.get(node)!.service(world.call(to, { deadlineAt: call.deadlineAt, signal: call.signal }));
  };
  const quick = { workers: 64, serviceTime: constant(1), policy: 'naive' };
  world.servers('app', 2, { ...quick, afterwards: forward('query') });
  world.servers('query', 2, { ...quick, afterwards: forward('database') });
  world.servers('database', 3, {
    ...quick,
    afterwards: async () => {
      if (!broken) return;
      reached++;
      throw new RpcError('internal', 'the disk is full');
    },
  });
  for (const node of ['app-1', 'app-2', 'query-1', 'query-2']) callers.set(node, world.client(node, policy));
  const user = world.client('user', policy);
  world.sim.scheduler.after(2_000, () => (broken = true));
  world.sim.scheduler.after(12_000, () => (broken = false));
  const outcomes = load(world, { ratePerSecond: 100, untilMs: 14_000, call: () => user.service(world.call('app')) });
  await world.sim.run();
  expect(world.sim.pending).toBe(0);
  const asked = results(outcomes).between(2_000, 12_000).outcomes.length;
  return { amplification: reached / asked, asked, reached };
}

test('three attempts at three levels make 27 calls; budgets and one retrying level make 1.2', async () => {
  const log = transcript(
    'retry-storm',
    'client -> app -> query -> database; the database fails for 10 s; 3 attempts per level; 100 calls/s',
  );
  const without = await storm(reckless);
  const within = await storm(budgeted);
  log.row('', 'calls', 'database calls', 'amplification');
  log.row('no budgets', without.asked, without.reached, without.amplification);
  log.row('budgets', within.asked, within.reached, within.amplification);
  log.save();
  expect(without.amplification).toBeGreaterThan(10);
  expect(within.amplification).toBeLessThanOrEqual(1.2);
});

/**
 * A metastable failure (Bronson et al., HotOS 2021). The load is 80%. For 10 s, servers take 2.5 times as long; then
 * they are as fast as before. They stay overloaded because of retries and of work on calls that nobody waits for.
 */
async function trigger(clientPolicy: object, serverPolicy: string) {
  const world = createWorld(11);
  const servers = world.servers('query', 2, {
    workers: 4,
    serviceTime: exponential(20),
    policy: serverPolicy,
    stubborn: serverPolicy === 'naive',
  });
  const user = world.client('user', clientPolicy);
  const slow = (factor: number) => () => servers.forEach(({ station }) => station.setSlowness(factor));
  world.sim.scheduler.after(10_000, slow(2.5));
  world.sim.scheduler.after(20_000, slow(1));
  // Callers give up an attempt after 200 ms, a call after 2 s.
  const outcomes = load(world, {
    ratePerSecond: 320,
    untilMs: 40_000,
    call: () => user.service(world.call('query', { timeoutMs: 2_000 })),
  });
  await world.sim.run(45_000);
  const all = results(outcomes);
  return {
    phases: [
      all.between(0, 10_000),
      all.between(10_000, 20_000),
      all.between(20_000, 25_000),
      all.between(25_000, 40_000),
    ],
  };
}

test('after a short slowdown, a naive system stays down and a resilient one recovers', async () => {
  const log = transcript(
    'metastable',
    '80% load; from second 10 to 20 the servers take 2.5 times as long; share answered within 1 s, and p99 ms',
  );
  const fixed = { attemptTimeout: { fixedMs: 200, minMs: 200 } };
  const naive = await trigger({ ...reckless, retry: { maxAttempts: 5, anyDepth: true }, ...fixed }, 'naive');
  const resilient = await trigger({ base: 'resilient' }, 'resilient');
  log.row('', '0-10 s', '10-20 s', '20-25 s', '25-40 s');
  const shares = ({ phases }: typeof naive) => phases.map((phase) => phase.shareWithin(1_000));
  log.row('retries, no budget', ...shares(naive).map((share) => `${(share * 100).toFixed(1)}%`));
  log.row('resilient', ...shares(resilient).map((share) => `${(share * 100).toFixed(1)}%`));
  log.row('resilient, p99 ms', ...resilient.phases.map((phase) => phase.quantile(0.99)));
  log.save();
  expect(shares(naive)[0]).toBeGreaterThan(0.99);
  expect(shares(naive)[3]).toBeLessThan(0.1);
  expect(shares(resilient)[3]).toBeGreaterThan(0.99);
});
