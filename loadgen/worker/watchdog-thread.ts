import { parentPort, workerData } from 'node:worker_threads';

/**
 * Ends a worker whose controller is gone. The worker's own event loop cannot do this reliably: a scenario that loops
 * for ever blocks it, so it receives neither a signal nor the end of its channel. A thread has its own event loop. When
 * a process dies, the kernel gives its children another parent, and this thread checks for that.
 */
const { parent } = workerData as { parent: number };
const lookEveryMs = 500;

setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, lookEveryMs);
parentPort?.postMessage('ready');
