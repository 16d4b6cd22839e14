import { Worker } from 'node:worker_threads';
import type { Clock } from '../../shared/time/clock.ts';

/** What the event loop and the pacer thread share: two words and the due time (ms since 1970, fractional). */
export const pacerLayout = { sequence: 0, stopped: 1, dueOffset: 8, bytes: 16 } as const;

/** Wakes the generator when the next arrival is due. */
export interface Pacer {
  /** Calls `wake` at or a little before `atMs` of the clock. At most one instant is armed. */
  arm(atMs: number): void;
  stop(): void;
}

/**
 * Node's timers fire up to 1 ms late (libuv waits in whole milliseconds): too late for a generator. Here a second
 * thread sleeps with Atomics.wait, which the kernel wakes to some 50 us, and then pokes the event loop with a message;
 * answers are still read as they come, unlike in a loop that sleeps, and no core is burnt, unlike in one that spins.
 *
 *   event loop:   arm(at) ....................... wake() -> send what is due -> arm(next)
 *                    \  shared memory              ^ message
 *   pacer thread:     `-- sleeps until at - 60us --'
 */
export async function threadPacer(wake: () => void): Promise<Pacer> {
  const shared = new SharedArrayBuffer(pacerLayout.bytes);
  const words = new Int32Array(shared, 0, 2);
  const due = new Float64Array(shared, pacerLayout.dueOffset, 1);
  const thread = new Worker(new URL('./pacer-thread.ts', import.meta.url), { workerData: shared });
  await new Promise<void>((resolve, reject) => {
    thread.once('message', () => resolve());
    thread.once('error', reject);
  });
  thread.on('message', wake);
  function publish(atMs: number): void {
    due[0] = performance.timeOrigin + atMs;
    Atomics.add(words, pacerLayout.sequence, 1);
    Atomics.notify(words, pacerLayout.sequence);
  }
  return {
    arm: publish,
    stop() {
      Atomics.store(words, pacerLayout.stopped, 1);
      publish(0);
      void thread.terminate();
    },
  };
}

/** `--precise`: never sleeps. One core is busy all the time; the send times are the best that this process can do. */
export function spinPacer(clock: Clock, wake: () => void): Pacer {
  let atMs = Infinity;
  let running = true;
  function spin(): void {
    if (!running) return;
    if (clock.now() >= atMs) {
      atMs = Infinity;
      wake();
    }
    setImmediate(spin);
  }
  setImmediate(spin);
  return {
    arm: (at) => void (atMs = at),
    stop: () => void (running = false),
  };
}
