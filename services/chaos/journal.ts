import type { Clock } from '../../shared/time/clock.ts';

/**
 * The events, one JSON object per line, appended and never changed. `undo` is written before `inject`, so the journal
 * names every fault that must be healed, even after a crash between the two.
 */
export interface JournalEntry {
  /** Wall-clock ms. */
  readonly at: number;
  readonly event:
    | 'undo'
    | 'inject'
    | 'begin'
    | 'heal'
    | 'halt'
    | 'abort'
    | 'refuse'
    | 'experiment'
    | 'detect'
    | 'diagnose'
    | 'repair'
    | 'steady';
  readonly id: string;
  readonly kind: string;
  readonly target: string;
  readonly [more: string]: unknown;
}

export interface Journal {
  note(entry: Omit<JournalEntry, 'at'>): void;
  /** The last entries, oldest first. */
  recent(count?: number): readonly JournalEntry[];
}

const remembered = 1_000;

/**
 * `write` appends a line durably; `past` holds the lines of earlier processes. An `undo` that cannot be written throws,
 * so no fault is injected. Any other line waits in memory and is written before the next one; `onTrouble` gets the
 * error.
 */
export function createJournal(
  clock: Clock,
  write: (line: string) => void,
  past: readonly string[] = [],
  onTrouble: (error: unknown) => void = () => undefined,
): Journal {
  let waiting: string[] = [];

  function writeAll(line: string): void {
    for (const [i, earlier] of waiting.entries()) {
      try {
        write(earlier);
      } catch (error) {
        waiting = waiting.slice(i);
        throw error;
      }
    }
    waiting = [];
    write(line);
  }

  const entries = past.flatMap((line) => parseLine(line) ?? []).slice(-remembered);
  return {
    note(entry) {
      const complete = { at: clock.wall(), ...entry } as JournalEntry;
      const line = `${JSON.stringify(complete)}\n`;
      try {
        writeAll(line);
      } catch (error) {
        if (entry.event === 'undo') throw error;
        waiting = [...waiting, line].slice(-remembered);
        onTrouble(error);
      }
      entries.push(complete);
      if (entries.length > remembered) entries.shift();
    },
    recent: (count = remembered) => entries.slice(-count),
  };
}

/** Undefined for a line that was cut off by a crash. */
export function parseLine(line: string): JournalEntry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'event' in value && 'id' in value
      ? (value as JournalEntry)
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Faults that an earlier process may have left behind: announced or injected at a target, and never healed there. A
 * `halt` entry alone does not count as healed.
 */
export function unhealed(entries: readonly JournalEntry[]): { id: string; kind: string; target: string }[] {
  const open = new Map<string, { id: string; kind: string; target: string }>();
  for (const { event, id, kind, target } of entries) {
    const key = `${id} ${target}`;
    if (event === 'undo') open.set(key, { id, kind, target });
    if (event === 'heal') open.delete(key);
  }
  return [...open.values()];
}
