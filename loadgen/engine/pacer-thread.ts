import { parentPort, workerData } from 'node:worker_threads';
import { pacerLayout } from './pacer.ts';

/** The wake-up of a thread and a message take some 60 us together, so the thread wakes up that much earlier. */
const headStartMs = 0.06;

const shared = workerData as SharedArrayBuffer;
const words = new Int32Array(shared, 0, 1);
const due = new Float64Array(shared, pacerLayout.dueOffset, 1);

parentPort?.postMessage('ready');
let seen = 0;
for (;;) {
  Atomics.wait(words, pacerLayout.sequence, seen);
  const sequence = Atomics.load(words, pacerLayout.sequence);
  for (;;) {
    const leftMs = (due[0] ?? 0) - performance.timeOrigin - performance.now() - headStartMs;
    if (leftMs <= 0) break;
    // A new instant interrupts the sleep.
    if (Atomics.wait(words, pacerLayout.sequence, sequence, leftMs) !== 'timed-out') break;
  }
  const armedAgain = Atomics.load(words, pacerLayout.sequence) !== sequence;
  seen = sequence;
  if (!armedAgain) parentPort?.postMessage(0);
}
