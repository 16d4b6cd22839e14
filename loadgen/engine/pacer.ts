import { Worker } from 'node:worker_threads';
import type { Clock } from '../../shared/time/clock.ts';

/** Memory shared by the event loop and the pacer thread: a word and the due time (ms since 1970, fractional). */
export const pacerLayout = { sequence: 0, dueOffset: 8, bytes: 16 } as const;

/** Wakes the generator at or a little before `atMs` of the clock. A new call replaces the last one. */
export type Pacer = (atMs: number) => void;

/**
 * Wakes the event loop from a second thread, because Node's timers fire up to 1 ms late (libuv waits in whole
 * milliseconds). The thread sleeps with Atomics.wait, which the kernel ends at most some 50 us late. Then it sends the
 * event loop a message. The event loop never sleeps or spins itself, so answers are read as they arrive, and no core is
 * wasted.
 *
 *   event loop:   pacer(at) ..................... wake() -> send what is due -> pacer(next)
 *                    \  shared memory              ^ message
 *   pacer thread:     `-- sleeps until at - 60us --'
 */
export async function threadPacer(wake: () => void): Promise<Pacer> {
  const shared = new SharedArrayBuffer(pacerLayout.bytes);
  const words = new Int32Array(shared, 0, 1);
  const due = new Float64Array(shared, pacerLayout.dueOffset, 1);
  const thread = new Worker(new URL('./pacer-thread.ts', import.meta.url), { workerData: shared });
  await new Promise<void>((resolve, reject) => {
    thread.once('message', () => resolve());
    thread.once('error', reject);
  });
  thread.on('message', wake);
  return (atMs) => {
    due[0] = performance.timeOrigin + atMs;
    Atomics.add(words, pacerLayout.sequence, 1);
    Atomics.notify(words, pacerLayout.sequence);
  };
}

/** `--precise`: never sleeps. It uses one core all the time, and sends as punctually as this process can. */
export function spinPacer(clock: Clock, wake: () => void): Pacer {
  let atMs = Infinity;
  function spin(): void {
    if (clock.now() >= atMs) {
      atMs = Infinity;
      wake();
    }
    setImmediate(spin);
  }
  setImmediate(spin);
  return (at) => void (atMs = at);
}
