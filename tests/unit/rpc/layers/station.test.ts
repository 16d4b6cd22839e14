import { expect, test } from 'vitest';
import { reportOf } from '../../../../shared/rpc/layers/station.ts';
import { createPolicyHolder } from '../../../../shared/rpc/policy.ts';
import { serverLayers } from '../../../../shared/rpc/server-layers.ts';
import type { Station } from '../../../../shared/time/sim/station.ts';
import { outcomeOf, replyOf, setUp, testCall } from './helpers.ts';

/** A node whose handler takes no time; `send` answers with the times at which `n` calls end that arrive together. */
function nodeWith(station: object | false, mechanisms: object = {}) {
  const { sim } = setUp();
  const policy = createPolicyHolder({ base: 'naive', ...mechanisms, station });
  let open: Station | undefined;
  const stack = serverLayers(policy, { ...sim, onStation: (station) => void (open = station) });
  const serve = stack(async () => replyOf('a'));
  async function send(n: number, own: Parameters<typeof testCall>[0] = {}): Promise<unknown[]> {
    const startedAt = sim.clock.now();
    const ended = Array.from({ length: n }, async () => {
      const outcome = await outcomeOf(serve(testCall(own))).catch((reason: Error) => reason.message);
      return typeof outcome === 'string' ? outcome : sim.clock.now() - startedAt;
    });
    await sim.run();
    return Promise.all(ended);
  }
  return { sim, policy, send, report: () => reportOf(open) };
}

test('calls wait for one of k workers', async () => {
  expect(await nodeWith({ workers: 1, serviceMs: 20 }).send(3)).toEqual([20, 40, 60]);
  expect(await nodeWith({ workers: 2, serviceMs: 20 }).send(3)).toEqual([20, 20, 40]);
});

test('the policy switches the station on, off and to other values while calls run', async () => {
  const { policy, send } = nodeWith(false);
  expect(await send(2)).toEqual([0, 0]);
  policy.set({ station: { serviceMs: 5 } });
  expect(await send(2)).toEqual([5, 10]);
  policy.set({ station: { serviceMs: 7, workers: 2 } });
  expect(await send(2)).toEqual([7, 7]);
  policy.set({ station: false });
  expect(await send(2)).toEqual([0, 0]);
});

test('one call more than the places hold is refused at once, as overloaded', async () => {
  const { send, report } = nodeWith({ workers: 1, serviceMs: 10, places: 1 });
  expect(await send(3)).toEqual([10, 20, 'overloaded']);
  expect(report()).toMatchObject({ arrived: 2, done: 2, refused: 1 });
});

test('only calls of the named component pass it, and no health checks', async () => {
  const { send } = nodeWith({ component: 'ranking', serviceMs: 10 });
  expect(await send(1, { component: 'html' })).toEqual([0]);
  expect(await send(1, { priority: 'health' })).toEqual([0]);
  expect(await send(1)).toEqual([10]);
});

test('it measures how long calls wait and how many are inside', async () => {
  const { send, report } = nodeWith({ workers: 1, serviceMs: 20 });
  await send(3);
  // Waits of 0, 20 and 40 ms; 3, 2 and 1 calls inside for 20 ms each.
  expect(report()).toMatchObject({ done: 3, waitedMs: 60, servedMs: 60, occupiedMs: 120, queued: 0, busy: 0 });
});

test('exponential service times have their mean, and the seed repeats them', async () => {
  const station = { workers: 1, serviceMs: 10, distribution: 'exponential', seed: 7 };
  const first = nodeWith(station);
  await first.send(20_000);
  expect(first.report()!.servedMs / 20_000).toBeGreaterThan(9.7);
  expect(first.report()!.servedMs / 20_000).toBeLessThan(10.3);
  expect(await nodeWith(station).send(50)).toEqual(await nodeWith(station).send(50));
  expect(await nodeWith({ ...station, seed: 8 }).send(50)).not.toEqual(await nodeWith(station).send(50));
});

test('a caller who leaves frees its place and its worker', async () => {
  const { sim, send } = nodeWith({ workers: 1, serviceMs: 100 });
  const leaving = new AbortController();
  const left = send(1, { signal: leaving.signal });
  const stayed = send(1);
  sim.scheduler.after(30, () => leaving.abort(new Error('gone')));
  expect(await left).toEqual(['gone']);
  expect(await stayed).toEqual([130]);
});

test('admission refuses calls that would wait too long for a worker, but not when the station is off', async () => {
  const admission = { warmUpCalls: 0, boundMs: 100 };
  const { policy, send } = nodeWith({ workers: 1, serviceMs: 20 }, { admission });
  const fromNode = { caller: 'app-1' };
  // Until the first call has ended, the station does not know how long calls take.
  expect(await send(1, fromNode)).toEqual([20]);
  const outcomes = await send(10, fromNode);
  // One is served and six wait; the next one would wait for 120 ms.
  expect(outcomes.filter((outcome) => outcome === 'overloaded')).toHaveLength(3);
  policy.set({ station: false });
  expect(await send(3, fromNode)).toEqual([0, 0, 0]);
});
