import { getHeapSpaceStatistics } from 'node:v8';
import { expect, test } from 'vitest';
import { collectWhenIdle } from '../../../cli/idle-collection.ts';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';

/** A main loop that works for `share` of the first `busyMs`, and not at all from then on. */
function loop(busyMs: number, share = 0.1) {
  const simulation = createSimulation(1);
  return { ...simulation, workedMs: () => share * Math.min(busyMs, simulation.clock.now()) };
}

/** When processes with such a loop collect, in the first two minutes. */
async function collections(busyMs: number, processes = 1): Promise<readonly number[]> {
  const times: number[] = [];
  const { run, ...world } = loop(busyMs);
  const collect = () => times.push(world.clock.now());
  for (let i = 0; i < processes; i++) collectWhenIdle({ ...world, collect });
  await run(120_000);
  return times;
}

test('a process that becomes idle collects once, after its first idle second', async () => {
  const times = await collections(9_000);
  expect(times).toHaveLength(1);
  expect(times[0]).toBeGreaterThan(9_900);
  expect(times[0]).toBeLessThan(12_000);
});

test('a process that has served load keeps the code that V8 has optimised for it', async () => {
  expect(await collections(20_000)).toEqual([]);
});

test('processes that start together do not collect together', async () => {
  const times = await collections(500, 20);
  expect(times).toHaveLength(20);
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(3_000);
});

test('a cancelled collection never comes', async () => {
  const { run, ...world } = loop(0);
  let count = 0;
  collectWhenIdle({ ...world, collect: () => count++ }).cancel();
  await run(60_000);
  expect(count).toBe(0);
});

test('the collection shrinks the young generation', async () => {
  const young = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')!.space_size;
  const kept: object[] = [];
  for (let i = 0; i < 1_000_000; i++) kept.push({ i });
  const before = young();
  kept.length = 0;
  const { run, ...world } = loop(0);
  collectWhenIdle(world);
  await run(60_000);
  expect(young()).toBeLessThan(before / 2);
});
