import { readFileSync } from 'node:fs';

/** A part of what Linux tells about a process. The numbers of the fields are those of proc(5). */
export interface ProcessStat {
  /** Field 3. T and t: stopped by a signal; Z: ended, but not yet collected by its parent. */
  readonly state: string;
  /** Field 4: the id of the parent. */
  readonly parent: number;
  /** Fields 14 and 15: the processor time that the process has used, in ticks of 10 ms (CLK_TCK). */
  readonly cpuTicks: number;
  /** Field 22: ticks of the kernel's clock. */
  readonly startedAt: number;
}

/**
 * Reads the text of /proc/PID/stat. Field 2 is the name of the program in brackets. The name may contain blanks and
 * brackets.
 */
export function parseProcessStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): string => fields[number - 3] ?? '';
  return {
    state: field(3),
    parent: Number(field(4)),
    cpuTicks: Number(field(14)) + Number(field(15)),
    startedAt: Number(field(22)),
  };
}

/** Whether a signal stopped the process, and it has not continued. Always false on systems other than Linux. */
export function isStoppedProcess(pid: number): boolean {
  try {
    return /^[Tt]/.test(parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'latin1')).state);
  } catch {
    return false;
  }
}
