import { existsSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { systemClock } from '../../shared/time/clock.ts';
import { systemScheduler } from '../../shared/time/scheduler.ts';
import type { Place } from '../kit/attached-cluster.ts';
import type { Changes } from '../kit/cluster-handle.ts';
import { asJson, createDurably, type Home, writeDurably } from './home.ts';
import { LabUsageError } from './errors.ts';
import { type Life, lifeOf, livesOn } from './life.ts';

export type RunPhase = 'precheck' | 'prediction' | 'running' | 'verdict' | 'stopping';

/**
 * The journal of a runner. Each step is on disk before the runner takes it. After `kill -9` of the runner, `restore`
 * reads here what to stop.
 */
export interface LabJournalEntry {
  readonly lab: string;
  readonly runner: number;
  /** Identifies the process of the runner; absent on systems without /proc. */
  readonly life?: Life | undefined;
  readonly phase: RunPhase;
  /** The lab's own cluster: process and port base. */
  readonly cluster?: { readonly pid: number; readonly portBase: number };
  /** The cluster of the user, and what is to be put back there. */
  readonly attached?: { readonly place: Place; readonly changes: Changes };
}

export interface LabJournal {
  readonly note: (change: Partial<Omit<LabJournalEntry, 'lab' | 'runner' | 'life'>>) => void;
  readonly close: () => void;
}

/** Undefined when no lab runs, and none was killed. */
export function readLabJournal({ journal }: Home): LabJournalEntry | undefined {
  try {
    return JSON.parse(readFileSync(journal, 'utf8')) as LabJournalEntry;
  } catch {
    return undefined;
  }
}

/** How often a runner touches its journal, ms. */
const touchMs = 2_000;
/** If the process of a runner cannot be seen, and its journal is older than this, the runner was killed, ms. */
const leftMs = 10_000;

/** Whether the runner of a journal is alive. */
export function isRunning({ runner, life }: LabJournalEntry, { journal }: Home): boolean {
  const touchedAt = statSync(journal, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return livesOn(runner, life) ?? systemClock.wall() - touchedAt < leftMs;
}

function touch(journal: string): void {
  const now = systemClock.wall() / 1_000;
  try {
    utimesSync(journal, now, now);
  } catch {
    // Somebody has removed it.
  }
}

/** Why no lab can start now: one is running, or one was killed and has left something. Undefined: one can start. */
export function refusal(home: Home): string | undefined {
  const left = readLabJournal(home);
  if (!left)
    return existsSync(home.journal) ? `${home.journal} cannot be read; delete it when no lab is running` : undefined;
  return isRunning(left, home)
    ? `lab ${left.lab} is running in process ${left.runner}; wait until it has ended`
    : `lab ${left.lab} was killed while it ran. This cleans up after it: npm run lab -- restore`;
}

/**
 * Refuses a second runner, even one that starts at the same moment. A journal whose runner has ended means that a
 * killed lab has left something. `onPhase` is called after each phase was written.
 */
export function openJournal(home: Home, lab: string, onPhase: (phase: RunPhase) => void): LabJournal {
  let entry: LabJournalEntry = { lab, runner: process.pid, life: lifeOf(process.pid), phase: 'precheck' };
  // Only one runner can create the file. If `refusal` then finds no problem, the other runner has just removed its
  // file, so this runner tries again.
  while (!createDurably(home.journal, asJson(entry))) {
    const problem = refusal(home);
    if (problem !== undefined) throw new LabUsageError(problem);
  }
  onPhase(entry.phase);
  const touching = systemScheduler.every(touchMs, () => touch(home.journal));
  return {
    note(change) {
      entry = { ...entry, ...change };
      writeDurably(home.journal, asJson(entry));
      if (change.phase) onPhase(change.phase);
    },
    close() {
      touching.cancel();
      removeJournal(home);
    },
  };
}

export const removeJournal = ({ journal }: Home): void => rmSync(journal, { force: true });
