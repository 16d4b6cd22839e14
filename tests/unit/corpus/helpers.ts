import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readSources, openSources } from '../../../corpus/sources.ts';
import type { CorpusPage } from '../../../corpus/page.ts';
import type { ImportReport } from '../../../corpus/report.ts';

/** Writes a file below a folder, with the folders on the way. */
export function put(folder: string, name: string, content: string | Uint8Array): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

export function jsonLines(...pages: unknown[]): string {
  return pages.map((page) => `${JSON.stringify(page)}\n`).join('');
}

/** All pages of the imports of a data folder. */
export function importedPages(dataDir: string): CorpusPage[] {
  return openSources(dataDir, { ...readSources(dataDir), default: false }).flatMap((source) => [...source.pages()]);
}

/** What a crawl has taken into a data folder, and what it has left out. */
export function crawled<Report extends ImportReport>(dataDir: string, report: Report) {
  const pages = new Map(importedPages(dataDir).map((page) => [page.id, page]));
  const reasons = Object.fromEntries(report.reasons.map(({ reason, count }) => [reason, count]));
  return { report, pages, ids: [...pages.keys()], reasons };
}

/** The code of the error that `work` ends with; fails when it succeeds. */
export async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expectedFailure(),
    (error: unknown) => (error as { code?: unknown }).code,
  );
}

function expectedFailure(): never {
  throw new Error('it succeeded');
}
