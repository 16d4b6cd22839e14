import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runDir } from '../../../cli/run-file.ts';
import { journalFileIn } from '../../../services/chaos/journal-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A data folder with these lines in the injector's journal, and the journal's file. */
export function dataWith(entries: readonly object[], portBase = 7_000): { data: string; journal: string } {
  const data = temporaryFolder();
  const journal = journalFileIn(runDir(data, portBase));
  mkdirSync(path.dirname(journal), { recursive: true });
  writeFileSync(journal, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  return { data, journal };
}
