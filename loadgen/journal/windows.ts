import type { JournalEvent } from './read.ts';

/** A fault from injection to healing, times in ms since the start of the run. */
export interface FaultWindow {
  id: string;
  kind: string;
  target: string;
  fromMs: number;
  /** Infinity while the fault lasts. */
  toMs: number;
}

/**
 * Pairs injections with healings by fault and victim, because one fault may have many victims. Ignores other events.
 */
export function faultWindows(journal: readonly JournalEvent[], startedAtMs: number): FaultWindow[] {
  const windows: FaultWindow[] = [];
  for (const { at, event, id, kind, target } of journal) {
    const atMs = at - startedAtMs;
    if (event === 'inject') windows.push({ id, kind, target, fromMs: atMs, toMs: Infinity });
    if (event !== 'heal') continue;
    const open =
      windows.findLast((window) => window.id === id && window.target === target) ??
      windows.findLast((window) => window.id === id);
    if (open?.toMs === Infinity) open.toMs = atMs;
  }
  return windows;
}

/** The faults that are in force at `atMs`. */
export function activeFaults(windows: readonly FaultWindow[], atMs: number): FaultWindow[] {
  return windows.filter((window) => window.fromMs <= atMs && atMs < window.toMs);
}
