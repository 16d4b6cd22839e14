import { expect, test } from 'vitest';
import { createFence, isNewer, readiness } from '../../../shared/membership/fencing.ts';

const promotion = (node: string, instead: string, token: number) => ({ node, instead, token });

test('a node serves until a standby has its role, and again when it is promoted itself: tokens only grow', () => {
  const fence = createFence('r-1', undefined);
  expect([fence.mayServe(), fence.token()]).toEqual([true, undefined]);
  expect(fence.learn([promotion('r-3', 'r-1', 4)])).toBe(true);
  expect([fence.mayServe(), fence.lostTo()?.node]).toEqual([false, 'r-3']);
  // What an old view or a monitor that was cut off says changes nothing.
  expect(fence.learn([])).toBe(false);
  expect(fence.learn([promotion('r-1', 'r-1', 3)])).toBe(false);
  expect(fence.mayServe()).toBe(false);
  expect(fence.learn([promotion('r-1', 'r-1', 5)])).toBe(true);
  expect([fence.mayServe(), fence.token(), fence.lostTo()]).toEqual([true, 5, undefined]);
});

test.each(['hot', 'warm', 'cold'] as const)(
  'a %s standby serves once promoted, and no longer than the next promotion',
  (kind) => {
    const fence = createFence('r-3', kind);
    expect(fence.mayServe()).toBe(false);
    fence.learn([promotion('r-3', 'r-1', 1)]);
    expect([fence.mayServe(), fence.token()]).toEqual([true, 1]);
    fence.learn([promotion('r-4', 'r-1', 2)]);
    expect([fence.mayServe(), fence.token()]).toEqual([false, undefined]);
  },
);

test('of two promotions with one token everybody prefers the same', () => {
  const [a, b] = [promotion('r-3', 'r-1', 2), promotion('r-4', 'r-1', 2)];
  expect([isNewer(a, b), isNewer(b, a), isNewer(a, a), isNewer(a, undefined)]).toEqual([true, false, false, true]);
});

test('the readiest standby goes first: one that serves at once, then a loaded process, then a start', () => {
  const ranks = [
    readiness(undefined, 'standby'),
    readiness('hot', 'standby'),
    readiness('warm', 'standby'),
    readiness('cold', undefined),
  ];
  expect(ranks).toEqual([0, 0, 1, 2]);
});
