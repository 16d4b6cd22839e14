import type { Spell } from '../../../services/chaos/bathtub/lives.ts';

/** What a watchdog says of one process at a time (ms): running and ready, or not. */
export interface Sight {
  readonly atMs: number;
  readonly pid: number | null;
  readonly ready: boolean;
}

/**
 * Turns sights of one node into spells of running. Age grows only while it runs: a restart keeps it, a replacement begins at 0;
 * `replacedAfter(n)` says which the n-th failure (from 0) led to.
 */
export function createLifeWatch(replacedAfter: (failure: number) => boolean) {
  const spells: Spell[] = [];
  let ageMs = 0;
  let running: { readonly pid: number | null; readonly sinceMs: number } | undefined;
  let failures = 0;

  function end(atMs: number, failed: boolean): void {
    if (!running) return;
    const toAgeMs = ageMs + atMs - running.sinceMs;
    spells.push({ fromAgeMs: ageMs, toAgeMs, failed });
    running = undefined;
    ageMs = toAgeMs;
    if (!failed) return;
    if (replacedAfter(failures)) ageMs = 0;
    failures++;
  }

  return {
    see({ atMs, pid, ready }: Sight): void {
      // Another process number is a death in between, even when no look fell into it.
      if (running && (pid === null || running.pid !== pid)) end(atMs, true);
      if (!running && ready && pid !== null) running = { pid, sinceMs: atMs };
    },
    /** The watch is over: what still runs counts with the time that it ran. */
    stop(atMs: number): readonly Spell[] {
      end(atMs, false);
      return spells;
    },
  };
}
