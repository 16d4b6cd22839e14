import { readdirSync, readFileSync } from 'node:fs';
import { parseProcessStat } from '../../shared/process-stat.ts';

export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  /** T = stopped by a signal, Z = ended and not yet collected by its parent. */
  readonly state: string;
  readonly command: string;
}

/** All processes of this machine, from /proc. */
export function allProcesses(): readonly ProcessRow[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => rowOf(Number(name)) ?? []);
}

function rowOf(pid: number): ProcessRow | undefined {
  try {
    const { parent, state } = parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return { pid, parent, state, command };
  } catch {
    return undefined;
  }
}

/** The process `pid` and everything below it. */
export function processTree(pid: number): readonly ProcessRow[] {
  const all = allProcesses();
  const found = all.filter((row) => row.pid === pid);
  for (const row of found) found.push(...all.filter(({ parent }) => parent === row.pid));
  return found;
}

/** Those of these processes that still run. A pid that was given to another program since then does not count. */
export function stillRunning(rows: readonly ProcessRow[]): readonly ProcessRow[] {
  return rows.filter(({ pid, command }) => {
    const now = rowOf(pid);
    return now !== undefined && now.state !== 'Z' && now.command === command;
  });
}
