import { expect, test } from 'vitest';
import { createLoopQueue } from '../../../shared/rpc/loop-queue.ts';

/** A loop that the test turns. */
function loop() {
  let at = 0;
  let idle = 0;
  let ends: (() => void)[] = [];
  const queue = createLoopQueue(
    { now: () => at },
    { atEndOfTurn: (callback) => void ends.push(callback), idleMs: () => idle },
  );
  return {
    queue,
    work: (ms: number) => void (at += ms),
    endTurn() {
      const all = ends;
      ends = [];
      for (const end of all) end();
      return all.length;
    },
    rest(ms: number) {
      at += ms;
      idle += ms;
    },
  };
}

test('a call waits for those that are taken up before it in the same turn', () => {
  const { queue, work } = loop();
  expect(queue.waitMs()).toBe(0);
  work(4);
  expect(queue.waitMs()).toBe(4);
  work(3);
  expect(queue.waitMs()).toBe(7);
});

test('and for the turn before, in which it may have become ready', () => {
  const { queue, work, endTurn } = loop();
  queue.waitMs();
  work(30);
  endTurn();
  expect(queue.waitMs()).toBe(30);
  work(5);
  expect(queue.waitMs()).toBe(35);
});

test('a loop that was idle meanwhile had no queue', () => {
  const { queue, work, endTurn, rest } = loop();
  queue.waitMs();
  work(30);
  endTurn();
  rest(2);
  expect(queue.waitMs()).toBe(0);
});

test('a turn costs one callback, however many calls come in it', () => {
  const { queue, endTurn } = loop();
  for (let i = 0; i < 100; i++) queue.waitMs();
  expect(endTurn()).toBe(1);
});
