import { expect, test } from 'vitest';
import { liveLoads } from '../../../labs/15-load-balancing/live.ts';
import { nothingHeld } from '../../support/held-resources.ts';

test('processes get equal shares by round robin, and the slow one gets few calls by load', async () => {
  await nothingHeld();
  const load = { perSecond: 50, forMs: 4_000 };
  const loads = [
    { by: 'round_robin' as const, ...load },
    { by: 'least_outstanding' as const, ...load },
  ];
  const context = { seed: '1', signal: new AbortController().signal, progress: () => undefined };
  const [robin, least] = await liveLoads(3, loads, context);
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
  expect(robin).toMatchObject({ calls: 200, failed: 0 });
  expect(sum(robin!.toSlow)).toBeGreaterThanOrEqual(66);
  expect(sum(robin!.toSlow)).toBeLessThanOrEqual(67);
  expect(least!.failed).toBe(0);
  expect(sum(least!.toSlow.slice(2, 6))).toBeLessThan(sum(robin!.toSlow.slice(2, 6)) / 1.5);
  await nothingHeld();
}, 60_000);

test('an interrupt ends all processes', async () => {
  await nothingHeld();
  const interrupt = new AbortController();
  const progress = (): void => interrupt.abort(new Error('interrupted'));
  const load = { by: 'random' as const, perSecond: 100, forMs: 60_000 };
  await expect(liveLoads(2, [load], { seed: '1', signal: interrupt.signal, progress })).rejects.toThrow('interrupted');
  await nothingHeld();
}, 30_000);

test('an interrupt at the last answer of a load lets no other load begin', async () => {
  const interrupt = new AbortController();
  let measured = 0;
  // Each load has 100 calls, and reports its progress when they have ended.
  const progress = (): void => {
    measured++;
    interrupt.abort(new Error('interrupted'));
  };
  const load = { by: 'random' as const, perSecond: 100, forMs: 1_000 };
  const run = liveLoads(2, [load, load], { seed: '1', signal: interrupt.signal, progress });
  await expect(run).rejects.toThrow('interrupted');
  expect(measured).toBe(1);
}, 30_000);
