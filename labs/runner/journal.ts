import { readFileSync, rmSync } from 'node:fs';
import { isAlive } from '../../shared/is-alive.ts';
import { asJson, type Home, writeDurably } from './home.ts';
import { LabUsageError } from './errors.ts';

export type Phase = 'precheck' | 'prediction' | 'running' | 'verdict' | 'stopping';

/**
 * What a runner is doing, on disk before it does it. After `kill -9` of the runner, `restore` reads here what to stop.
 */
export interface JournalEntry {
  readonly lab: string;
  readonly runner: number;
  readonly phase: Phase;
  /** The lab's own cluster: process and port base. */
  readonly cluster?: { readonly pid: number; readonly portBase: number };
}

export interface Journal {
  readonly note: (change: Partial<Omit<JournalEntry, 'lab' | 'runner'>>) => void;
  readonly close: () => void;
}

/** Undefined when no lab runs, or none was interrupted. */
export function readJournal({ journal }: Home): JournalEntry | undefined {
  try {
    return JSON.parse(readFileSync(journal, 'utf8')) as JournalEntry;
  } catch {
    return undefined;
  }
}

/** Refuses a second runner; a journal whose runner has ended says that something is left. */
export function openJournal(home: Home, lab: string): Journal {
  const left = readJournal(home);
  if (left && isAlive(left.runner))
    throw new LabUsageError(`lab ${left.lab} is running in process ${left.runner}; wait until it has ended`);
  if (left)
    throw new LabUsageError(`lab ${left.lab} was killed while it ran. This cleans up after it: npm run lab -- restore`);
  let entry: JournalEntry = { lab, runner: process.pid, phase: 'precheck' };
  const write = (): void => writeDurably(home.journal, asJson(entry));
  write();
  return {
    note(change) {
      entry = { ...entry, ...change };
      write();
    },
    close: () => removeJournal(home),
  };
}

export const removeJournal = ({ journal }: Home): void => rmSync(journal, { force: true });
