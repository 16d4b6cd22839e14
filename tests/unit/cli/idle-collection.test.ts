import { getHeapSpaceStatistics } from 'node:v8';
import { expect, test } from 'vitest';
import { collectWhenIdle } from '../../../cli/idle-collection.ts';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';

/** A main loop that is busy for the first `busyMs`, and idle from then on. */
function loop(busyMs: number) {
  const simulation = createSimulation(1);
  let askedAt = 0;
  const isIdle = (): boolean => {
    const idle = askedAt >= busyMs;
    askedAt = simulation.clock.now();
    return idle;
  };
  return { ...simulation, isIdle };
}

test('a process that becomes idle collects once, after its first idle second', async () => {
  const times: number[] = [];
  const { scheduler, random, clock, isIdle, run } = loop(30_000);
  collectWhenIdle({ scheduler, random, isIdle, collect: () => times.push(clock.now()) });
  await run(120_000);
  expect(times).toHaveLength(1);
  expect(times[0]).toBeGreaterThan(31_000);
  expect(times[0]).toBeLessThan(33_000);
});

test('processes that start together do not collect together', async () => {
  const times: number[] = [];
  const { scheduler, random, clock, isIdle, run } = loop(500);
  for (let i = 0; i < 20; i++) collectWhenIdle({ scheduler, random, isIdle, collect: () => times.push(clock.now()) });
  await run(60_000);
  expect(times).toHaveLength(20);
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(3_000);
});

test('a cancelled collection never comes', async () => {
  const { scheduler, random, isIdle, run } = loop(0);
  let collections = 0;
  collectWhenIdle({ scheduler, random, isIdle, collect: () => collections++ }).cancel();
  await run(60_000);
  expect(collections).toBe(0);
});

test('the collection shrinks the young generation', async () => {
  const young = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')!.space_size;
  const kept: object[] = [];
  for (let i = 0; i < 1_000_000; i++) kept.push({ i });
  const before = young();
  kept.length = 0;
  const { scheduler, random, isIdle, run } = loop(0);
  collectWhenIdle({ scheduler, random, isIdle });
  await run(60_000);
  expect(young()).toBeLessThan(before / 2);
});
