import { expect, test } from 'vitest';
import { admission, isAdmitted } from '../../../../shared/rpc/layers/overload/admission.ts';
import { createOverloadMeter, type LoadState, nextLoadState } from '../../../../shared/rpc/layers/overload/overload.ts';
import { createPolicyHolder, resolvePolicy } from '../../../../shared/rpc/policy.ts';
import { serverLayers } from '../../../../shared/rpc/server-layers.ts';
import { answering, nodes, outcomeOf, setUp, testCall } from './helpers.ts';

const settings = resolvePolicy('resilient').admission || expect.fail('on by default');
const calm = (against = 0): LoadState => ({ state: 'calm', against });
const overloaded = (against = 0): LoadState => ({ state: 'overloaded', against });

test.each([
  ['calls waited for a moment', calm(), { waitMs: 10, refusedShare: 0 }, calm()],
  ['calls waited long in one window', calm(), { waitMs: 60, refusedShare: 0 }, calm(1)],
  ['calls waited long in three windows in a row', calm(2), { waitMs: 60, refusedShare: 0 }, overloaded()],
  ['the third window was short again', calm(2), { waitMs: 10, refusedShare: 0 }, calm()],
  ['half of the calls are refused', overloaded(2), { waitMs: 3, refusedShare: 0.5 }, overloaded()],
  ['few of the calls are refused', overloaded(), { waitMs: 3, refusedShare: 0.05 }, overloaded(1)],
  ['few are refused for three windows', overloaded(2), { waitMs: 3, refusedShare: 0.05 }, calm()],
] as const)('when %s, the process is then', (_, from, window, expected) => {
  expect(nextLoadState(settings, from, window)).toEqual(expected);
});

test.each([
  ['read', false, 400, 9, true],
  ['write', false, 400, 9, true],
  ['read', false, 100, 9, true, 'app-1'],
  ['read', false, 101, 9, false, 'app-1'],
  ['background', false, 49, 9, true],
  ['background', false, 50, 9, false],
  ['read', true, 5, 9, true],
  ['read', true, 6, 9, false],
  ['write', true, 2, 9, true],
  ['write', true, 3, 9, false],
  ['read', true, 400, 0, true],
  ['background', true, 0, 0, false],
] as const)(
  'a %s, overloaded: %s, after waiting for %d ms beside %d calls, is admitted: %s',
  (priority, overloaded, waitMs, inFlight, expected, caller?: string) => {
    expect(isAdmitted(settings, { priority, caller }, { overloaded, waitMs, inFlight })).toBe(expected);
  },
);

test('windows with few calls count for nothing, and end an overload', () => {
  const { observe, events } = setUp();
  const meter = createOverloadMeter(settings, 0, observe);
  for (let now = 0; now <= 2_000; now += 20) if (meter.arrive(80, now)) meter.refuse();
  expect(meter.arrive(80, 2_010)).toBe(true);
  expect(meter.arrive(80, 9_000)).toBe(false);
  expect(events.map((event) => event.event === 'load' && event.state)).toEqual(['overloaded', 'calm']);
});

/** Calls whose answers take longer and longer, in a process in which they wait for `waitMs` before they begin. */
async function slower(waitMs: number, warmUpCalls = 0) {
  const { sim, observe, events } = setUp();
  let afterMs = 5;
  const { service } = answering(sim, () => ({ afterMs: (afterMs *= 1.01) }));
  const queue = { waitMs: () => waitMs };
  const limited = admission(
    { ...settings, warmUpCalls },
    { clock: sim.clock, queue, observe, warmUp: { served: 0 } },
  )(service);
  const outcomes: Promise<unknown>[] = [];
  const timer = sim.scheduler.every(5, () => void outcomes.push(outcomeOf(limited(testCall()))));
  await sim.run(2_000);
  timer.cancel();
  await sim.run();
  return { refused: (await Promise.all(outcomes)).filter((outcome) => outcome === 'overloaded').length, events };
}

test('answers from below that take longer and longer are no reason to refuse a call', async () => {
  expect(await slower(1)).toEqual({ refused: 0, events: [] });
});

test('calls that wait in this process are: definitely refused, with the time after which to try again', async () => {
  const { refused, events } = await slower(80);
  expect(refused).toBeGreaterThan(200);
  expect(events[0]).toEqual({ event: 'load', state: 'overloaded', waitMs: 80 });
  expect(events[1]).toMatchObject({ event: 'shed', waitMs: 80 });
});

test('a process that compiles its code refuses nothing, however long calls wait', async () => {
  expect((await slower(80, 10_000)).refused).toBe(0);
});

test('calls beyond a fixed limit are refused; health checks and calls of this node pass', async () => {
  const { sim, observe } = setUp();
  const { service } = answering(sim, () => ({ afterMs: 100 }));
  const queue = { waitMs: () => 0 };
  const limited = admission(
    { ...settings, fixedLimit: 2 },
    { clock: sim.clock, queue, observe, warmUp: { served: 0 } },
  )(service);
  const outcomes = [1, 2].map(() => outcomeOf(limited(testCall())));
  await expect(limited(testCall())).rejects.toMatchObject({ code: 'overloaded', definite: true, retryAfterMs: 10 });
  const inner = outcomeOf(limited(testCall({ endpoint: nodes('self')[0] })));
  const health = outcomeOf(limited(testCall({ priority: 'health' })));
  await sim.run();
  expect(await Promise.all([...outcomes, inner, health])).toEqual([{}, {}, {}, {}]);
});

test('a change of policy does not make the code of the process cold again', async () => {
  const { sim, observe, events } = setUp();
  const { service } = answering(sim, () => ({ afterMs: 20 }));
  const policy = createPolicyHolder('resilient');
  let waitMs = 0;
  const layers = serverLayers(policy, { ...sim, queue: { waitMs: () => waitMs }, observe });
  const limited = layers(service);
  const call = async (times: number) => {
    const timer = sim.scheduler.every(5, () => void outcomeOf(limited(testCall())));
    await sim.run(sim.clock.now() + times * 5);
    timer.cancel();
    await sim.run();
  };
  await call(settings.warmUpCalls + 1);
  policy.set({ base: 'resilient', admission: { targetMs: 6 } });
  waitMs = 80;
  await call(settings.warmUpCalls - 1);
  expect(events.some(({ event }) => event === 'shed')).toBe(true);
});
