import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseProcessStat } from '../../shared/process-stat.ts';
import { isTierlab } from '../watchdog-client.ts';

export interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  /** The words of its command line. */
  readonly words: readonly string[];
}

/** All processes of this machine. Linux only: elsewhere none is known. */
export async function runningProcesses(): Promise<readonly RunningProcess[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const all = await Promise.all(
    pids.map(async (pid) => {
      const [stat, line] = await Promise.all([
        readFile(`/proc/${pid}/stat`, 'latin1').catch(() => ''),
        readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
      ]);
      return { pid: Number(pid), parent: parseProcessStat(stat).parent, words: line.split('\0').slice(0, -1) };
    }),
  );
  return all.filter(({ words }) => words.length > 0);
}

/** The nodes that read data sets of `dataDir`, but whose watchdog has ended. */
export function orphansOf(processes: readonly RunningProcess[], dataDir: string): readonly RunningProcess[] {
  const watchdogs = new Set(processes.filter(({ words }) => isTierlab(words.join(' '))).map(({ pid }) => pid));
  return processes.filter(
    ({ words, parent }) => words.includes('run-node') && namesFolder(words, dataDir) && !watchdogs.has(parent),
  );
}

/** Whether a word of the command line is the folder or a path in it. */
export const namesFolder = (words: readonly string[], dataDir: string): boolean =>
  words.some((word) => word === dataDir || word.startsWith(dataDir + path.sep));
