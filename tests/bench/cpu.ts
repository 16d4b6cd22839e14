import { readFileSync } from 'node:fs';

/** Linux counts CPU time in ticks of 10 ms (USER_HZ). */
const tickSeconds = 0.01;

/** User and system time that the processes have used, s (proc(5): stat, fields 14 and 15). Linux only. */
export function cpuSeconds(pids: readonly number[]): number {
  return pids
    .map((pid) => {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) * tickSeconds;
    })
    .reduce((sum, each) => sum + each, 0);
}
