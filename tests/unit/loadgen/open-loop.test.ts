import { expect, test } from 'vitest';
import { openLoop } from '../../../loadgen/engine/open-loop.ts';

/** A clock that only moves when told (and a little with every look, as a real one). */
function fakeClock(tickMs = 0.001) {
  let nowMs = 0;
  return { now: () => (nowMs += tickMs), wall: () => 0, set: (ms: number) => void (nowMs = Math.max(nowMs, ms)) };
}

function harness(instants: number[], durationMs = 1000) {
  const clock = fakeClock();
  const sent: { intendedMs: number; nowMs: number }[] = [];
  const armed: number[] = [];
  const later: (() => void)[] = [];
  let i = 0;
  const loop = openLoop({
    arrivals: { next: () => instants[i++] ?? Infinity },
    startMs: 0,
    durationMs,
    clock,
    pacer: (atMs) => void armed.push(atMs),
    dispatch: (intendedMs, nowMs) => sent.push({ intendedMs, nowMs }),
    yieldTo: (task) => later.push(task),
  });
  return { clock, sent, armed, later, ...loop };
}

test('nothing is sent early, and the pacer is armed for the next arrival', () => {
  const loop = harness([10, 20]);
  loop.wake();
  expect(loop.sent).toEqual([]);
  expect(loop.armed).toEqual([10]);
  loop.clock.set(9.95);
  loop.wake();
  expect(loop.sent.map((one) => one.intendedMs)).toEqual([10]);
  expect(loop.sent[0]?.nowMs).toBeGreaterThanOrEqual(10);
  expect(loop.armed).toEqual([10, 20]);
});

test('a loop that was held up sends everything that is due at once and keeps the intended times', () => {
  const loop = harness([1, 2, 3, 50]);
  loop.clock.set(30);
  loop.wake();
  expect(loop.sent.map((one) => one.intendedMs)).toEqual([1, 2, 3]);
  expect(loop.sent.every((one) => one.nowMs >= 30)).toBe(true);
});

test('a long backlog lets the event loop read answers in between, and none is lost', () => {
  const loop = harness(Array.from({ length: 200 }, (_, i) => i / 100));
  loop.clock.set(100);
  loop.wake();
  expect(loop.sent.length).toBeLessThan(200);
  loop.wake();
  let turns = 0;
  while (loop.later.length > 0 && turns++ < 100) loop.later.shift()?.();
  expect(loop.sent).toHaveLength(200);
  expect(new Set(loop.sent.map((one) => one.intendedMs)).size).toBe(200);
});

test('arrivals at or after the end, or after a stop, are not sent', () => {
  const ended = harness([1, 5, 10], 10);
  ended.clock.set(100);
  ended.wake();
  expect(ended.sent.map((one) => one.intendedMs)).toEqual([1, 5]);
  const stopped = harness([1]);
  stopped.stop();
  stopped.clock.set(100);
  stopped.wake();
  expect(stopped.sent).toEqual([]);
});
