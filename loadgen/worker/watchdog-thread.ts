import { parentPort, workerData } from 'node:worker_threads';

/**
 * Ends a worker whose controller is gone. The worker's own event loop cannot be relied on for that: a scenario that
 * loops for ever holds it, so that it hears neither a signal nor the end of its channel. A thread has an event loop of
 * its own. When a process dies, the kernel gives its children another parent.
 */
const { parent } = workerData as { parent: number };
const lookEveryMs = 500;

setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, lookEveryMs);
parentPort?.postMessage('ready');
