import { expect, test } from 'vitest';
import { constant, exponential, lognormal, type Distribution } from '../../../shared/time/sim/distribution.ts';
import { transcript } from '../transcript.ts';
import { createWorld, load, results } from '../world.ts';

interface Server {
  readonly name: string;
  readonly workers: number;
  readonly serviceTime: Distribution;
  readonly meanMs: number;
}

const servers: Server[] = [
  { name: '1 worker, 10 ms', workers: 1, serviceTime: constant(10), meanMs: 10 },
  { name: '4 workers, exponential', workers: 4, serviceTime: exponential(10), meanMs: 10 },
  { name: '8 workers, lognormal', workers: 8, serviceTime: lognormal(20, 0.5), meanMs: 20 * Math.exp(0.125) },
];

/** `times` its capacity from the start. Measured from second 8 to 20; answers after 1 s do not count. */
async function offer({ workers, serviceTime, meanMs }: Server, times: number, policy: string) {
  const world = createWorld(2);
  const capacity = (workers / meanMs) * 1_000;
  world.servers('app', 1, { workers, serviceTime, policy, stubborn: policy === 'naive' });
  const user = world.client('user', 'naive');
  const outcomes = load(world, {
    ratePerSecond: capacity * times,
    untilMs: 20_000,
    call: () => user.service(world.call('app', { timeoutMs: 1_000 })),
  });
  await world.sim.run();
  const measured = results(outcomes).between(8_000, 20_000);
  return { goodput: measured.ok / 12 / capacity, p99Ms: measured.quantile(0.99), codes: measured.codes() };
}

test.each(servers)(
  'at twice its capacity, a server with $name keeps 90% of its peak goodput, and p99 within twice the unloaded',
  async (server) => {
    const log = transcript(
      `overload-${server.workers}`,
      `${server.name}: goodput over capacity, p99 of what was answered within 1 s`,
    );
    log.row('offered / capacity', 'goodput', 'p99 ms', 'refused', 'expired');
    const run = async (times: number, policy: string) => {
      const measured = await offer(server, times, policy);
      const { overloaded = 0, deadline_exceeded = 0 } = measured.codes;
      log.row(`${policy} ${times}`, measured.goodput, measured.p99Ms, overloaded, deadline_exceeded);
      return measured;
    };
    const unloaded = await run(0.1, 'resilient');
    const atCapacity = await run(1, 'resilient');
    const twice = await run(2, 'resilient');
    const naive = await run(2, 'naive');
    log.save();
    const peak = Math.max(atCapacity.goodput, twice.goodput);
    expect(twice.goodput).toBeGreaterThanOrEqual(0.9 * peak);
    expect(twice.p99Ms).toBeLessThanOrEqual(2 * unloaded.p99Ms);
    expect(naive.goodput).toBeLessThan(0.1);
  },
);

test('at twice the capacity, reads are served before writes, and writes before background work', async () => {
  const world = createWorld(4);
  world.servers('app', 1, { workers: 4, serviceTime: exponential(10) });
  const user = world.client('user', 'naive');
  const send = (kind: 'read' | 'write' | 'sync', ratePerSecond: number) =>
    load(world, { ratePerSecond, untilMs: 15_000, call: () => user.service(world.call('app', { kind })) });
  const sent = { read: send('read', 300), write: send('write', 250), background: send('sync', 250) };
  await world.sim.run();
  const log = transcript(
    'overload-priorities',
    '4 workers of 10 ms (capacity 400/s); offered: 300 reads, 250 writes, 250 background calls a second',
  );
  log.row('', 'answered');
  const share: Record<string, number> = {};
  for (const [kind, outcomes] of Object.entries(sent)) {
    const measured = results(outcomes).between(5_000, 15_000);
    share[kind] = measured.ok / measured.outcomes.length;
    log.row(kind, `${(share[kind] * 100).toFixed(1)}%`);
  }
  log.save();
  expect(share.read).toBeGreaterThan(share.write!);
  expect(share.write).toBeGreaterThan(share.background!);
  expect(share.read).toBeGreaterThan(0.7);
});
