import { expect, test } from 'vitest';
import { mixture, exponential, constant } from '../../../shared/time/sim/distribution.ts';
import { transcript } from '../transcript.ts';
import { createWorld, load, results } from '../world.ts';

test('100,000 calls with faults of every kind leave no timer, server work or promise behind', async () => {
  const world = createWorld(21);
  const { sim, network, hosts } = world;
  const servers = world.servers('database', 3, {
    workers: 8,
    serviceTime: mixture(exponential(3), constant(500), 0.02),
  });
  network.setLink('*', 'database-2', { drop: 0.02, duplicate: 0.05 });
  network.setLink('database-3', '*', { drop: 0.02, duplicate: 0.05 });
  const user = world.client('user', {
    base: 'resilient',
    cache: { operations: { 'database.read': { ttlMs: 0 } } },
    quorum: { when: 'always', operations: { 'database.sync': { f: 1 } } },
  });
  sim.scheduler.every(1_000, () => {
    const { node } = servers[0]!;
    hosts.hang(node);
    sim.scheduler.after(300, () => hosts.resume(node));
  });
  let ids = 0;
  const kinds = ['read', 'read', 'write', 'sync'] as const;
  const outcomes = load(world, {
    ratePerSecond: 500,
    untilMs: 200_000,
    call() {
      const controller = new AbortController();
      const id = ++ids;
      // One in eight callers leaves after a moment; one in sixteen has hardly any time.
      if (id % 8 === 0) sim.scheduler.after(5 * sim.random.next(), () => controller.abort());
      const kind = kinds[id % 4]!;
      const timeoutMs = id % 16 === 1 ? 1 : 300;
      const request = { id: id % 500 };
      const idempotencyKey = id % 4 === 2 && id % 3 > 0 ? `key-${id}` : undefined;
      return user.service(
        world.call('database', { kind, timeoutMs, request, signal: controller.signal, idempotencyKey }),
      );
    },
  });
  await sim.run(210_000);
  const measured = results(outcomes);
  const log = transcript('leaks', '100,000 calls: what became of them, and what was left 10 s later');
  for (const [code, count] of Object.entries(measured.codes())) log.row(code, count);
  log.row('promises not settled', ids - outcomes.length);
  log.row('server work under way', hosts.underWay);
  // The hang and resume of the first server, every second.
  log.row('timers', sim.pending - 2);
  log.save();
  expect(ids).toBeGreaterThan(95_000);
  expect(outcomes.length).toBe(ids);
  expect(hosts.underWay).toBe(0);
  expect(sim.pending).toBeLessThanOrEqual(2);
  expect(measured.codes().internal).toBeUndefined();
  expect(measured.ok).toBeGreaterThan(0.7 * ids);
}, 120_000);
