import { readFileSync } from 'node:fs';
import { parseProcessStat } from '../../shared/process-stat.ts';

/** Linux counts CPU time in ticks of 10 ms (USER_HZ). */
const tickSeconds = 0.01;

/** User and system time that the processes have used, s. Linux only. */
export function cpuSeconds(pids: readonly number[]): number {
  return pids
    .map((pid) => parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'latin1')).cpuTicks * tickSeconds)
    .reduce((sum, each) => sum + each, 0);
}
