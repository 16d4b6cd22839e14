import { expect, test } from 'vitest';
import { createLagMeter } from '../../../shared/membership/lag.ts';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';

test('a lag meter counts what the process lost, at once, and its mean falls again', () => {
  const simulation = createSimulation(1);
  let stoppedMs = 0;
  const clock = { now: () => simulation.clock.now() + stoppedMs, wall: () => 0 };
  const meter = createLagMeter(clock, simulation.scheduler);
  simulation.runSync(5_000);
  expect([meter.lostMs(), meter.lagMs()]).toEqual([0, 0]);
  stoppedMs = 3_000;
  expect(meter.lostMs()).toBe(2_900);
  simulation.runSync(5_100);
  expect(meter.lostMs()).toBe(3_000);
  expect(meter.lagMs()).toBeGreaterThan(500);
  simulation.runSync(25_000);
  expect(meter.lostMs()).toBe(3_000);
  expect(meter.lagMs()).toBeLessThan(1);
  meter.stop();
  simulation.runSync();
  expect(simulation.pending).toBe(0);
});

test('the time in which a process only waited for a processor is not its own lag', () => {
  const simulation = createSimulation(1);
  let stoppedMs = 0;
  let waitedMs = 0;
  const clock = { now: () => simulation.clock.now() + stoppedMs, wall: () => 0 };
  const meter = createLagMeter(clock, simulation.scheduler, { waitedMs: () => waitedMs });
  simulation.runSync(5_000);
  stoppedMs = 3_000;
  waitedMs = 2_990;
  simulation.runSync(5_100);
  expect(meter.lagMs()).toBeGreaterThan(500);
  expect(meter.ownLagMs()).toBeLessThan(10);
  // As when it is stopped by a signal, or its own code holds up the main loop.
  stoppedMs += 3_000;
  simulation.runSync(5_200);
  expect(meter.ownLagMs()).toBeGreaterThan(500);
});

test('an idle process wakes with its heartbeats only, and looks closely again once it works or was late', () => {
  const simulation = createSimulation(1);
  let stoppedMs = 0;
  let idle = true;
  const clock = { now: () => simulation.clock.now() + stoppedMs, wall: () => 0 };
  const meter = createLagMeter(clock, simulation.scheduler, {
    idle: { isIdle: () => idle, tickMs: 500 },
  });
  simulation.scheduler.every(500, meter.idleTick);
  const wakesIn = (ms: number): number => {
    const before = simulation.events;
    simulation.runSync(simulation.clock.now() + ms);
    return simulation.events - before;
  };
  wakesIn(1_000);
  expect(wakesIn(10_000)).toBe(20);
  idle = false;
  wakesIn(500);
  expect(wakesIn(10_000)).toBe(100 + 20);
  idle = true;
  wakesIn(500);
  stoppedMs = 3_000;
  expect(meter.lostMs()).toBeGreaterThanOrEqual(2_500);
  wakesIn(500);
  expect(meter.lostMs()).toBe(3_000);
  expect(meter.lagMs()).toBeGreaterThan(500);
  wakesIn(20_000);
  expect(meter.lagMs()).toBeLessThan(1);
});
