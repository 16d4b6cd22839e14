import { existsSync, readFileSync, rmSync } from 'node:fs';
import { isAlive } from '../../shared/is-alive.ts';
import type { Place } from '../kit/attached-cluster.ts';
import type { Changes } from '../kit/cluster-handle.ts';
import { asJson, createDurably, type Home, writeDurably } from './home.ts';
import { LabUsageError } from './errors.ts';

export type Phase = 'precheck' | 'prediction' | 'running' | 'verdict' | 'stopping';

/**
 * The journal of a runner. Each step is on disk before the runner takes it. After `kill -9` of the runner, `restore`
 * reads here what to stop.
 */
export interface JournalEntry {
  readonly lab: string;
  readonly runner: number;
  readonly phase: Phase;
  /** The lab's own cluster: process and port base. */
  readonly cluster?: { readonly pid: number; readonly portBase: number };
  /** The cluster of the user, and what is to be put back there. */
  readonly attached?: { readonly place: Place; readonly changes: Changes };
}

export interface Journal {
  readonly note: (change: Partial<Omit<JournalEntry, 'lab' | 'runner'>>) => void;
  readonly close: () => void;
}

/** Undefined when no lab runs, and none was killed. */
export function readLabJournal({ journal }: Home): JournalEntry | undefined {
  try {
    return JSON.parse(readFileSync(journal, 'utf8')) as JournalEntry;
  } catch {
    return undefined;
  }
}

/** Why no lab can start now: one is running, or one was killed and has left something. Undefined: one can start. */
export function refusal(home: Home): string | undefined {
  const left = readLabJournal(home);
  if (!left)
    return existsSync(home.journal) ? `${home.journal} cannot be read; delete it when no lab is running` : undefined;
  return isAlive(left.runner)
    ? `lab ${left.lab} is running in process ${left.runner}; wait until it has ended`
    : `lab ${left.lab} was killed while it ran. This cleans up after it: npm run lab -- restore`;
}

/**
 * Refuses a second runner, even one that starts at the same moment. A journal whose runner has ended means that a
 * killed lab has left something. `onPhase` is called after each phase was written.
 */
export function openJournal(home: Home, lab: string, onPhase: (phase: Phase) => void): Journal {
  let entry: JournalEntry = { lab, runner: process.pid, phase: 'precheck' };
  // Only one runner can create the file. If there is no problem, the other runner has just removed its file: try again.
  while (!createDurably(home.journal, asJson(entry))) {
    const problem = refusal(home);
    if (problem !== undefined) throw new LabUsageError(problem);
  }
  onPhase(entry.phase);
  return {
    note(change) {
      entry = { ...entry, ...change };
      writeDurably(home.journal, asJson(entry));
      if (change.phase) onPhase(change.phase);
    },
    close: () => removeJournal(home),
  };
}

export const removeJournal = ({ journal }: Home): void => rmSync(journal, { force: true });
