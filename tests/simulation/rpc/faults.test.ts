import { expect, test } from 'vitest';
import type { LayerEvent } from '../../../shared/rpc/layers/events.ts';
import { lognormal } from '../../../shared/time/sim/distribution.ts';
import { transcript } from '../transcript.ts';
import { createWorld, load, results, type SimServer, type World } from '../world.ts';

const usual = { workers: 16, serviceTime: lognormal(10, 0.5) };

/** Three replicas under 200 calls a second; something happens to the first at second 10. */
async function happens(policy: unknown, what: (world: World, server: SimServer) => void, seed = 1) {
  const world = createWorld(seed);
  const servers = world.servers('ranking', 3, usual);
  const user = world.client('user', policy);
  world.sim.scheduler.after(10_000, () => what(world, servers[0]!));
  const outcomes = load(world, {
    ratePerSecond: 200,
    untilMs: 25_000,
    call: () => user.service(world.call('ranking', { timeoutMs: 2_000 })),
  });
  const ejected: { atMs: number; event: LayerEvent & { event: 'ejected' } }[] = [];
  const { events } = user;
  world.sim.scheduler.every(100, () => {
    for (const event of events.splice(0))
      if (event.event === 'ejected') ejected.push({ atMs: world.sim.clock.now() - 10_000, event });
  });
  await world.sim.run(30_000);
  const all = results(outcomes);
  return { before: all.between(2_000, 10_000), after: all.between(10_000, 25_000), ejected, all };
}

test('neither a killed nor a hung replica costs a read', async () => {
  const log = transcript(
    'kill-and-hang',
    '3 replicas, 200 reads/s with 2 s to live; at second 10 the first is killed, or hangs',
  );
  log.row('', 'failed reads', 'p99 ms before', 'after', 'ejected after s');
  const kill = (world: World, { node }: SimServer) => world.hosts.kill(node);
  const hang = (world: World, { node }: SimServer) => world.hosts.hang(node);
  for (const [name, policy, what] of [
    ['naive, killed', 'naive', kill],
    ['resilient, killed', 'resilient', kill],
    ['naive, hung', 'naive', hang],
    ['resilient, hung', 'resilient', hang],
  ] as const) {
    const { before, after, ejected, all } = await happens(policy, what);
    const failed = all.outcomes.length - all.ok;
    log.row(name, failed, before.quantile(0.99), after.quantile(0.99), (ejected[0]?.atMs ?? NaN) / 1_000);
    if (policy === 'naive') expect(failed).toBeGreaterThan(900);
    else expect(failed).toBe(0);
  }
  log.save();
});

test('a replica that is 10 times slower is ejected within 5 s: p99 grows 1.5 times instead of 5', async () => {
  const log = transcript('limp', '3 replicas of 10 ms, 200 calls/s; from second 10 the first takes 10 times as long');
  const limp = (_: World, { station }: SimServer) => station.setSlowness(10);
  const runs = {
    naive: await happens('naive', limp),
    resilient: await happens('resilient', limp),
    // No hedge hides the late answers: the latencies themselves are compared.
    'ejection alone': await happens({ base: 'naive', outlier: true }, limp),
  };
  log.row('', 'p99 ms before', 'after', 'ratio', 'ejected after s', 'because of');
  for (const [name, { before, after, ejected }] of Object.entries(runs)) {
    const [first] = ejected;
    const ratio = after.quantile(0.99) / before.quantile(0.99);
    log.row(
      name,
      before.quantile(0.99),
      after.quantile(0.99),
      ratio,
      (first?.atMs ?? NaN) / 1_000,
      first?.event.why ?? '-',
    );
  }
  log.save();
  const { naive, resilient, 'ejection alone': alone } = runs;
  expect(naive.after.quantile(0.99)).toBeGreaterThan(5 * naive.before.quantile(0.99));
  expect(resilient.after.quantile(0.99)).toBeLessThan(1.5 * resilient.before.quantile(0.99));
  for (const { ejected } of [resilient, alone]) {
    expect(ejected[0]?.event.node).toBe('ranking-1');
    expect(ejected[0]!.atMs).toBeLessThan(5_000);
  }
  expect(alone.ejected[0]?.event.why).toBe('latency');
});

test('hedges hide late answers, and yet a slow replica is ejected, in most of 20 seeds within 5 s', async () => {
  const log = transcript('limp-seeds', 'as before, resilient, 20 seeds: when the limping replica is ejected');
  const limp = (_: World, { station }: SimServer) => station.setSlowness(10);
  const after: number[] = [];
  for (let seed = 1; seed <= 20; seed++) {
    const { ejected } = await happens('resilient', limp, seed);
    expect(ejected[0]?.event.node).toBe('ranking-1');
    after.push(ejected[0]!.atMs);
  }
  after.sort((a, b) => a - b);
  log.row('', 'median ms', 'p90 ms', 'max ms');
  log.row('ejected after', after[9]!, after[17]!, after[19]!);
  log.save();
  expect(after[9]).toBeLessThan(3_500);
  expect(after[17]).toBeLessThan(5_000);
});

test('in three hours without faults, but with pauses, stragglers and changing load, nothing is ejected', async () => {
  const world = createWorld(9);
  const { scheduler, random } = world.sim;
  const servers = world.servers('ranking', 3, { workers: 16, serviceTime: lognormal(10, 0.8) });
  const user = world.client('user', 'resilient');
  // Garbage collection, and a neighbour that takes the processor: each replica is five times as slow for a second,
  // about every 30 s.
  for (const { station } of servers) {
    const pause = () => {
      station.setSlowness(5);
      scheduler.after(1_000, () => station.setSlowness(1));
      scheduler.after(-30_000 * Math.log(1 - random.next()), pause);
    };
    scheduler.after(30_000 * random.next(), pause);
  }
  const hours = 3;
  const outcomes = load(world, {
    ratePerSecond: 5,
    untilMs: hours * 3_600_000,
    call: () => user.service(world.call('ranking', { timeoutMs: 2_000 })),
  });
  await world.sim.run(hours * 3_600_000 + 10_000);
  const measured = results(outcomes);
  const ejections = world.events('ejected').length;
  const log = transcript(
    'no-faults',
    `${hours} hours, 3 replicas, 5 calls/s, pauses of 1 s about every 30 s at each replica`,
  );
  log.row('calls', 'failed', 'ejections', 'hedges', 'p99 ms');
  log.row(
    String(outcomes.length),
    outcomes.length - measured.ok,
    ejections,
    world.events('hedge').length,
    measured.quantile(0.99),
  );
  log.save();
  expect(ejections).toBe(0);
  expect(measured.ok).toBe(outcomes.length);
});
