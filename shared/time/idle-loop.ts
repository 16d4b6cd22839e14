import { performance } from 'node:perf_hooks';

/** Answers whether this process's main loop worked for less than `share` of the time since the last question. */
export function idleLoop(share: number): () => boolean {
  let before = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization < share;
  };
}
