import {
  closeSync,
  existsSync,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { diskProblem } from '../../shared/disk-problem.ts';
import { RpcError } from '../../shared/rpc/errors.ts';
import { makeFolder } from '../../shared/make-folder.ts';

/** About 20,000 lines. Then the file becomes the previous file, and the older previous file is deleted. */
const maxBytes = 4 * 1024 * 1024;

export const journalFileIn = (runDir: string): string => path.join(runDir, 'chaos-journal.jsonl');
const previousOf = (file: string): string => file.replace(/\.jsonl$/, '.previous.jsonl');

/** The lines of the journal's file and of the one before it, oldest first. */
export function journalLines(file: string): readonly string[] {
  return [previousOf(file), file].flatMap((each) => (existsSync(each) ? readFileSync(each, 'utf8').split('\n') : []));
}

/**
 * Appends lines that are on the disk when `write` returns, because the recovery after a crash depends on them. If the
 * disk is full, it throws `unavailable` and names the disk. A line is then complete or missing, never cut off.
 */
export function openJournalFile(file: string): { readonly write: (line: string) => void; readonly close: () => void } {
  let descriptor: number | undefined;
  let bytes = 0;

  function open(): number {
    makeFolder(path.dirname(file));
    const opened = openSync(file, 'a', 0o600);
    bytes = statSync(file).size;
    return opened;
  }

  function close(): void {
    if (descriptor !== undefined) closeSync(descriptor);
    descriptor = undefined;
  }

  function append(line: string): void {
    if (bytes > maxBytes) {
      close();
      renameSync(file, previousOf(file));
    }
    descriptor ??= open();
    const data = Buffer.from(line);
    try {
      for (let done = 0; done < data.length;) done += writeSync(descriptor, data, done);
      fdatasyncSync(descriptor);
    } catch (error) {
      ftruncateSync(descriptor, bytes);
      throw error;
    }
    bytes += data.length;
  }

  return {
    write(line) {
      try {
        append(line);
      } catch (error) {
        const problem = diskProblem(error, path.dirname(file));
        if (problem === undefined) throw error;
        throw new RpcError('unavailable', `${problem}, so the journal of faults cannot be written`, { cause: error });
      }
    },
    close,
  };
}
