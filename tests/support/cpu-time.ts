import { setImmediate as nextTurn } from 'node:timers/promises';

/** The result of `work`, and the processor time of this thread for it, ms. Other programs do not count. */
export function withCpuMs<Result>(work: () => Result): { readonly result: Result; readonly cpuMs: number } {
  const begin = process.threadCpuUsage();
  const result = work();
  const { user, system } = process.threadCpuUsage(begin);
  return { result, cpuMs: (user + system) / 1_000 };
}

/** The least of three measurements, because compilation and garbage collection can only make work slower. */
export const leastOfThree = (measure: () => number): number => Math.min(measure(), measure(), measure());

/** The longest turn of the event loop until `done`, in processor time of this thread, ms. */
export async function cpuMsOfTurns(done: () => boolean): Promise<number> {
  for (let longest = 0; ;) {
    const begin = process.threadCpuUsage();
    await nextTurn();
    const { user, system } = process.threadCpuUsage(begin);
    longest = Math.max(longest, (user + system) / 1_000);
    if (done()) return longest;
  }
}
