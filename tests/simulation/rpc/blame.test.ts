import { expect, test } from 'vitest';
import { exponential } from '../../../shared/time/sim/distribution.ts';
import { createWorld, load, results } from '../world.ts';

/** Two replicas that take 10 ms in the mean; some callers give up after `timeoutMs`, or leave after `leaveMs`. */
async function callThatLeaves({ timeoutMs, leaveMs }: { timeoutMs: number; leaveMs?: number }) {
  const world = createWorld(17);
  world.servers('app', 2, { workers: 8, serviceTime: exponential(10) });
  const { service } = world.client('gateway-1', 'resilient');
  const rate = { untilMs: 20_000, ratePerSecond: 100 };
  const patient = load(world, { ...rate, call: () => service(world.call('app')) });
  load(world, {
    ...rate,
    call() {
      const left = new AbortController();
      if (leaveMs !== undefined) world.sim.scheduler.after(leaveMs, () => left.abort());
      return service(world.call('app', { timeoutMs, signal: left.signal }));
    },
  });
  await world.sim.run();
  const against = (['circuit', 'ejected', 'throttled'] as const).flatMap((event) => world.events(event));
  return { codes: results(patient).codes(), against };
}

test.each([
  ['deadlines of 3 ms', { timeoutMs: 3 }],
  ['deadlines of 8 ms, about the median', { timeoutMs: 8 }],
  ['deadlines of 1 ms', { timeoutMs: 1 }],
  ['callers that leave after 2 ms', { timeoutMs: 10_000, leaveMs: 2 }],
])('%s prove nothing: every patient call is answered, and no replica is avoided', async (_, given) => {
  const { codes, against } = await callThatLeaves(given);
  expect(Object.keys(codes)).toEqual(['ok']);
  expect(against).toEqual([]);
});

test('a broken tier below closes nothing above: what does not need it is answered', async () => {
  const world = createWorld(18);
  const below = world.client('app-1', 'resilient');
  world.servers('app', 1, {
    workers: 8,
    serviceTime: exponential(5),
    async afterwards(call) {
      // A suggestion needs no database.
      if (call.operation.name === 'sync') return;
      await below.service(world.call('database', { deadlineAt: call.deadlineAt, signal: call.signal }));
    },
  });
  const { service } = world.client('gateway-1', 'resilient');
  const rate = { untilMs: 10_000, ratePerSecond: 50 };
  const searches = load(world, { ...rate, call: () => service(world.call('app')) });
  const suggestions = load(world, { ...rate, call: () => service(world.call('app', { kind: 'sync' })) });
  await world.sim.run();
  expect(results(searches).ok).toBe(0);
  expect(results(suggestions).codes()).toEqual({ ok: suggestions.length });
});
