import { readFile } from 'node:fs/promises';
import { loadError } from '../options/errors.ts';

/**
 * One line of the fault journal. `at` is unix ms. `inject` begins a fault and `heal` ends it; other events are ignored.
 */
export interface JournalEvent {
  at: number;
  event: string;
  id: string;
  kind: string;
  target: string;
}

/**
 * Parses JSON lines and sorts them by time. An unfinished last line is ignored, because it is still being written.
 * Other malformed lines throw `bad_file`.
 */
export function parseJournal(text: string): JournalEvent[] {
  const events: JournalEvent[] = [];
  const lines = text.split('\n');
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const event = eventOf(line);
    if (event) events.push(event);
    else if (i < lines.length - 1)
      throw loadError('bad_file', `line ${i + 1} of the journal is not { "at", "event", "id", "kind", "target" }`);
  }
  return events.toSorted((a, b) => a.at - b.at);
}

function eventOf(line: string): JournalEvent | undefined {
  let value: Partial<Record<keyof JournalEvent, unknown>>;
  try {
    value = JSON.parse(line) as typeof value;
  } catch {
    return undefined;
  }
  const { at, event, id, kind, target } = value ?? {};
  if (typeof at !== 'number' || typeof event !== 'string') return undefined;
  const text = (field: unknown) => (typeof field === 'string' || typeof field === 'number' ? String(field) : '');
  return { at, event, id: text(id) || text(kind), kind: text(kind), target: text(target) };
}

/** Reads a journal file. A missing file is an empty journal, because faults may come later. */
export async function readJournal(path: string): Promise<JournalEvent[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw loadError('bad_file', `the journal ${path} cannot be read`, error);
  }
  return parseJournal(text);
}
