import { getHeapSpaceStatistics } from 'node:v8';
import { expect, test } from 'vitest';
import { collectWhenIdle } from '../../../cli/idle-collection.ts';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';

/** A main loop that works for `share` of the first `busyMs`, and not at all from then on. */
function loop(busyMs: number, share = 0.1) {
  const simulation = createSimulation(1);
  return { ...simulation, workedMs: () => share * Math.min(busyMs, simulation.clock.now()) };
}

test('a process that becomes idle collects once, after its first idle second', async () => {
  const times: number[] = [];
  const { scheduler, random, clock, workedMs, run } = loop(9_000);
  collectWhenIdle({ scheduler, random, clock, workedMs, collect: () => times.push(clock.now()) });
  await run(120_000);
  expect(times).toHaveLength(1);
  expect(times[0]).toBeGreaterThan(9_900);
  expect(times[0]).toBeLessThan(12_000);
});

test('a process that has served load keeps the code that V8 has optimised for it', async () => {
  const times: number[] = [];
  const { scheduler, random, clock, workedMs, run } = loop(20_000);
  collectWhenIdle({ scheduler, random, clock, workedMs, collect: () => times.push(clock.now()) });
  await run(120_000);
  expect(times).toEqual([]);
});

test('processes that start together do not collect together', async () => {
  const times: number[] = [];
  const { scheduler, random, clock, workedMs, run } = loop(500);
  const collect = () => times.push(clock.now());
  for (let i = 0; i < 20; i++) collectWhenIdle({ scheduler, random, clock, workedMs, collect });
  await run(60_000);
  expect(times).toHaveLength(20);
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(3_000);
});

test('a cancelled collection never comes', async () => {
  const { scheduler, random, clock, workedMs, run } = loop(0);
  let collections = 0;
  collectWhenIdle({ scheduler, random, clock, workedMs, collect: () => collections++ }).cancel();
  await run(60_000);
  expect(collections).toBe(0);
});

test('the collection shrinks the young generation', async () => {
  const young = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')!.space_size;
  const kept: object[] = [];
  for (let i = 0; i < 1_000_000; i++) kept.push({ i });
  const before = young();
  kept.length = 0;
  const { scheduler, random, clock, workedMs, run } = loop(0);
  collectWhenIdle({ scheduler, random, clock, workedMs });
  await run(60_000);
  expect(young()).toBeLessThan(before / 2);
});
