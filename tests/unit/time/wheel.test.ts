import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';
import { createTimerWheel } from '../../../shared/time/wheel.ts';

function setUp(tickMs = 4, slots = 16) {
  const sim = createSimulation(1);
  return { sim, wheel: createTimerWheel({ ...sim, tickMs, slots }) };
}

test('timers fire once, not early, and at most one tick late, also those of many turns of the wheel', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 500 })), { maxLength: 40 }),
      (timers) => {
        const { sim, wheel } = setUp();
        const late: number[] = [];
        for (const [startMs, delayMs] of timers)
          sim.scheduler.after(startMs, () =>
            wheel.after(delayMs, () => late.push(sim.clock.now() - startMs - delayMs)),
          );
        sim.runSync();
        expect(late).toHaveLength(timers.length);
        for (const ms of late) {
          expect(ms).toBeGreaterThanOrEqual(0);
          expect(ms).toBeLessThanOrEqual(4 + 1e-6);
        }
        expect(wheel.pending).toBe(0);
      },
    ),
  );
});

test('a cancelled timer never fires, and cancelling twice, or after it fired, does nothing', () => {
  const { sim, wheel } = setUp();
  let fired = 0;
  const first = wheel.after(10, () => fired++);
  const second = wheel.after(10, () => fired++);
  first.cancel();
  first.cancel();
  expect(wheel.pending).toBe(1);
  sim.runSync();
  second.cancel();
  expect(fired).toBe(1);
  expect(wheel.pending).toBe(0);
});

test('tasks may set and cancel timers of their own slot', () => {
  const { sim, wheel } = setUp();
  const fired: string[] = [];
  const other = { timer: wheel.after(1_000, () => undefined) };
  wheel.after(5, () => {
    fired.push('first');
    other.timer.cancel();
    wheel.after(0, () => fired.push('third'));
  });
  other.timer.cancel();
  other.timer = wheel.after(5, () => fired.push('cancelled by the first'));
  wheel.after(6, () => fired.push('second'));
  sim.runSync();
  expect(fired).toEqual(['first', 'second', 'third']);
});

test('while no timer is set, nothing ticks', () => {
  const { sim, wheel } = setUp();
  wheel.after(20, () => undefined).cancel();
  sim.runSync();
  expect(sim.events).toBeLessThanOrEqual(1);
  wheel.after(8, () => undefined);
  sim.runSync();
  expect(sim.pending).toBe(0);
});

test('after a long pause of the process, everything that is due fires', () => {
  let now = 0;
  const ticks: (() => void)[] = [];
  const wheel = createTimerWheel({
    clock: { now: () => now, wall: () => now },
    scheduler: {
      after: (_, task) => (ticks.push(task), { cancel: () => undefined }),
      every: () => ({ cancel: () => undefined }),
    },
    slots: 16,
  });
  let fired = 0;
  for (const delayMs of [1, 50, 500, 5_000]) wheel.after(delayMs, () => fired++);
  now = 10_000;
  ticks.shift()!();
  expect(fired).toBe(4);
  expect(ticks).toHaveLength(0);
});

test.each([0.1, 0.3, 0.7, 33.3])('a wheel that begins %s ms after a whole one does not ring for ever', (beginMs) => {
  const sim = createSimulation(1);
  let rings = 0;
  const after = (delayMs: number, task: () => void) =>
    sim.scheduler.after(delayMs, () => {
      if (++rings > 400) throw new Error(`it still rings at ${sim.clock.now()}`);
      task();
    });
  let fired = 0;
  sim.scheduler.after(beginMs, () => {
    const wheel = createTimerWheel({ clock: sim.clock, scheduler: { ...sim.scheduler, after } });
    for (let delayMs = 4; delayMs <= 800; delayMs += 4) wheel.after(delayMs, () => fired++);
  });
  sim.runSync();
  expect(fired).toBe(200);
});

test('a delay that is not a number is refused', () => {
  expect(() => setUp().wheel.after(NaN, () => undefined)).toThrow('not a number');
});

test('cancelled timers hardly wake the process: a thousand calls in time leave few rings', () => {
  const { sim, wheel } = setUp();
  const call = () => {
    const timers = [2_000, 500, 20].map((delayMs) => wheel.after(delayMs, () => expect.unreachable()));
    sim.scheduler.after(5, () => timers.forEach((timer) => timer.cancel()));
  };
  for (let i = 0; i < 1_000; i++) sim.scheduler.after(i * 10, call);
  sim.runSync();
  // Two events are the calls' own; ringing every tick of the 10 s would be 2,500 more.
  expect(sim.events - 2_000).toBeLessThan(1_000);
  expect(sim.pending).toBe(0);
});

test('a timer that is set earlier than the first is not late for it', () => {
  const { sim, wheel } = setUp();
  const fired: number[] = [];
  wheel.after(5_000, () => fired.push(sim.clock.now()));
  sim.scheduler.after(100, () => wheel.after(40, () => fired.push(sim.clock.now())));
  sim.runSync();
  expect(fired[0]).toBeGreaterThanOrEqual(140);
  expect(fired[0]).toBeLessThan(148);
  expect(fired[1]).toBeGreaterThanOrEqual(5_000);
});
