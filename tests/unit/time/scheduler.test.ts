import { once } from 'node:events';
import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test, vi } from 'vitest';
import { systemScheduler } from '../../../shared/time/scheduler.ts';

/** Answers each piece that it is sent, from a thread of its own: this one will be paused. */
const answering = `
  const { createServer } = require('node:net');
  const { parentPort } = require('node:worker_threads');
  const server = createServer((socket) => socket.on('data', (piece) => socket.write(piece)));
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`;

test('after a pause of the process, what has arrived meanwhile is read before a timer calls it late', async () => {
  const server = new Worker(answering, { eval: true });
  try {
    const [port] = (await once(server, 'message')) as [number];
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const order: string[] = [];
    const answered = once(socket, 'data').then(() => order.push('answer'));
    const late = new Promise<void>((resolve) => {
      systemScheduler.after(20, () => {
        order.push('after');
        resolve();
      });
    });
    const lateAgain = new Promise<void>((resolve) => {
      const every = systemScheduler.every(20, () => {
        every.cancel();
        order.push('every');
        resolve();
      });
    });
    socket.write('a question');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    await Promise.all([answered, late, lateAgain]);
    expect(order[0]).toBe('answer');
    expect(order).toHaveLength(3);
    socket.destroy();
  } finally {
    await server.terminate();
  }
});

test('a timer that is cancelled never fires, not even between being due and its turn', async () => {
  let fired = 0;
  const timers = [systemScheduler.after(1, () => fired++), systemScheduler.every(1, () => fired++)];
  // Due at the same time, and run after them, in the same turn of the event loop.
  const cancelled = new Promise<void>((resolve) => {
    setTimeout(() => {
      for (const timer of timers) timer.cancel();
      resolve();
    }, 1);
  });
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  await cancelled;
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  expect(fired).toBe(0);
});

test('a fraction of a millisecond is waited for, too: Node.js would cut it off', () => {
  const setTimer = vi.spyOn(globalThis, 'setTimeout');
  systemScheduler.after(3.2, () => undefined).cancel();
  expect(setTimer).toHaveBeenCalledWith(expect.anything(), 4);
  setTimer.mockRestore();
});

test('tasks with a phase run at the same times, whenever they were started', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'hrtime'] });
  onTestFinished(() => void vi.useRealTimers());
  /** How many intervals of 500 ms have passed since 125 ms; timers of Node.js are late by up to 1 ms. */
  const intervals = () => Math.round((Number(process.hrtime.bigint()) / 1e6 - 125.5) / 5) / 100;
  const runs: [string, number][] = [];
  const start = Math.ceil(intervals());
  const first = systemScheduler.every(500, () => runs.push(['first', intervals() - start]), 125);
  vi.advanceTimersByTime(300);
  const second = systemScheduler.every(500, () => runs.push(['second', intervals() - start]), 125);
  vi.advanceTimersByTime(1_000);
  second.cancel();
  vi.advanceTimersByTime(500);
  first.cancel();
  vi.advanceTimersByTime(1_000);
  const times = (name: string) => runs.filter(([who]) => who === name).map(([, at]) => at);
  expect(times('first').slice(0, 3)).toEqual([0, 1, 2]);
  for (const at of times('second')) expect(times('first')).toContain(at);
  expect(times('second')).toHaveLength(2);
});
