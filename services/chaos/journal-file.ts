import {
  closeSync,
  existsSync,
  fdatasyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';

/** Some 20,000 lines; then the file becomes the previous one, and the one before is forgotten. */
const maxBytes = 4 * 1024 * 1024;

export const journalFileIn = (runDir: string): string => path.join(runDir, 'chaos-journal.jsonl');
const previousOf = (file: string): string => file.replace(/\.jsonl$/, '.previous.jsonl');

/** The lines of the journal's file and of the one before it, oldest first. */
export function journalLines(file: string): readonly string[] {
  return [previousOf(file), file].flatMap((each) => (existsSync(each) ? readFileSync(each, 'utf8').split('\n') : []));
}

/** Appends lines that are on the disk when `write` returns: what is undone after a crash depends on them. */
export function openJournalFile(file: string): { readonly write: (line: string) => void; readonly close: () => void } {
  mkdirSync(path.dirname(file), { recursive: true });
  let descriptor = openSync(file, 'a', 0o600);
  let bytes = statSync(file).size;
  return {
    write(line) {
      if (bytes > maxBytes) {
        closeSync(descriptor);
        renameSync(file, previousOf(file));
        descriptor = openSync(file, 'a', 0o600);
        bytes = 0;
      }
      bytes += writeSync(descriptor, line);
      fdatasyncSync(descriptor);
    },
    close: () => closeSync(descriptor),
  };
}
