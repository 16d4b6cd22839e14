import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { runDir } from '../../../cli/run-file.ts';
import { journalFileIn } from '../../../services/chaos/journal-file.ts';

/** A data folder with these lines in the injector's journal, and the journal's file. */
export function dataWith(entries: readonly object[], portBase = 7_000): { data: string; journal: string } {
  const data = mkdtempSync(path.join(tmpdir(), 'tierlab-journal-'));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  const journal = journalFileIn(runDir(data, portBase));
  mkdirSync(path.dirname(journal), { recursive: true });
  writeFileSync(journal, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  return { data, journal };
}
