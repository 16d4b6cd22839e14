import { cutText } from '../shared/cut-text.ts';
import { statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { checkPage, type Checked } from './check-page.ts';
import { CorpusError, inPlainWords, throwIfCancelled } from './errors.ts';
import { createImportWriter, type ImportWriter } from './import-writer.ts';
import { readLines, type Line } from './lines.ts';
import type { LockOptions } from './lock.ts';
import { importName } from './names.ts';
import type { OnProgress } from './progress.ts';
import { createSkipList, nothingValid, importReport, type ImportReport } from './report.ts';

export interface ImportOptions extends LockOptions {
  readonly dataDir: string;
  /** The name of the import; it replaces an earlier import of this name. Default: the name of the file. */
  readonly name?: string | undefined;
  /** Leaves WordNet out. */
  readonly replace?: boolean | undefined;
  /** `done` and `total` in bytes of the file. */
  readonly onProgress?: OnProgress;
}

/** A longer line is refused, because it does not hold a normal page. */
const maxLineBytes = 8 * 1024 * 1024;
const linesPerTurn = 1_000;

/**
 * Imports a file of JSON lines with one page each (see `checkPage`). Wrong lines are skipped and reported. The import
 * counts when this function returns; a failure or an abort changes nothing. Throws CorpusError: `not_found`,
 * `bad_name`, `nothing_valid` (with the reason in the message), `cancelled`.
 */
export async function importPages(file: string, options: ImportOptions): Promise<ImportReport> {
  const { dataDir, signal, onProgress } = options;
  const name = importName(options.name ?? path.parse(file).name, options.name !== undefined);
  const total = fileSize(file);
  const skipped = createSkipList();
  const seen = new Map<string, number>();
  let links = 0;
  let writer: ImportWriter | undefined;
  try {
    writer = createImportWriter(dataDir);
    for (const line of readLines(file, maxLineBytes)) {
      if (line.number % linesPerTurn === 0) {
        onProgress?.({ phase: 'import', done: line.end, total });
        await setImmediate();
        throwIfCancelled(signal);
      }
      const checked = checkLine(line);
      if (checked === undefined) continue;
      const where = `line ${line.number}`;
      if ('wrong' in checked) {
        skipped.skip(where, checked.wrong, checked.detail, true);
        continue;
      }
      const { page } = checked;
      const first = seen.get(page.id);
      if (first !== undefined) {
        skipped.skip(where, 'the id was used before', `"${page.id}" on line ${first}`);
        continue;
      }
      seen.set(page.id, line.number);
      links += page.links.length;
      writer.add(page);
    }
    onProgress?.({ phase: 'import', done: total, total });
    throwIfCancelled(signal);
    if (writer.pages() === 0) throw nothingValid(file, skipped);
    const sources = await writer.commit({
      name,
      from: file,
      replace: options.replace,
      signal,
      onWait: options.onWait,
    });
    return importReport(name, writer.pages(), links, skipped, sources);
  } catch (error) {
    throw inPlainWords(error);
  } finally {
    writer?.discard();
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Undefined for a blank line. */
function checkLine(line: Line): Checked | undefined {
  if (line.tooLong) return { wrong: `the line is longer than ${maxLineBytes / 1024 / 1024} MB` };
  let text: string;
  try {
    // Decoding also drops a byte order mark.
    text = utf8.decode(line.bytes);
  } catch {
    return { wrong: 'not UTF-8' };
  }
  if (text.trim() === '') return undefined;
  try {
    return checkPage(JSON.parse(text));
  } catch {
    return { wrong: 'not JSON', detail: text.length > 60 ? `${cutText(text, 57)}...` : text };
  }
}

function fileSize(file: string): number {
  let stat: Stats;
  try {
    stat = statSync(file);
  } catch {
    throw new CorpusError('not_found', `There is no file ${file}.`);
  }
  if (!stat.isFile())
    throw new CorpusError('not_found', `${file} is not a file. A folder of HTML pages is taken by "crawl".`);
  return stat.size;
}
