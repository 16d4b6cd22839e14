import { hash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { isAlive } from '../shared/is-alive.ts';
import { CorpusError } from './errors.ts';
import { replaceFile } from '../shared/durable.ts';
import { readLines } from './lines.ts';
import { withLock, type LockOptions } from './lock.ts';
import type { CorpusPage } from './page.ts';
import { wordNetPages, wordNetVersion } from './wordnet.ts';
import { makeFolder } from '../shared/make-folder.ts';

/** One imported set of pages. Its file is named after its content, so files never change; only the manifest does. */
export interface ImportEntry {
  readonly name: string;
  readonly file: string;
  readonly pages: number;
  readonly sha256: string;
  /** The imported file, folder or address, as the user wrote it. */
  readonly from: string;
}

/** The sources of the corpus. `default` = WordNet is one of them. */
export interface CorpusSources {
  readonly default: boolean;
  readonly imports: readonly ImportEntry[];
}

/** Pages that can be read several times, in the same order. For pages that are not `wanted`, only the id is read. */
export interface CorpusSource {
  readonly name: string;
  readonly pages: (wanted?: (id: string) => boolean) => Iterable<CorpusPage>;
}

const untouched: CorpusSources = { default: true, imports: [] };

export function importsDir(dataDir: string): string {
  return path.join(dataDir, 'imports');
}

function manifestFile(dataDir: string): string {
  return path.join(importsDir(dataDir), 'manifest.json');
}

/**
 * The sources that the manifest names; without a manifest, the default corpus. Throws `damaged` for a manifest that
 * cannot be read.
 */
export function readSources(dataDir: string): CorpusSources {
  const file = manifestFile(dataDir);
  if (!existsSync(file)) return untouched;
  try {
    const sources = JSON.parse(readFileSync(file, 'utf8')) as CorpusSources;
    const sound =
      typeof sources.default === 'boolean' &&
      sources.imports.every((entry) =>
        [entry.name, entry.file, entry.sha256].every((part) => typeof part === 'string'),
      );
    if (sound) return sources;
  } catch {
    // Reported below, like a manifest with wrong fields.
  }
  throw new CorpusError('damaged', `${file} is damaged. Remove it to return to the default corpus.`);
}

/**
 * Changes the sources of the corpus. The change takes effect when the manifest is written: a crash before or after that
 * does no harm. Files that the new manifest does not name are removed.
 */
export async function changeSources(
  dataDir: string,
  options: LockOptions,
  change: (sources: CorpusSources) => CorpusSources | Promise<CorpusSources>,
): Promise<CorpusSources> {
  return withLock(dataDir, options, async () => {
    makeFolder(importsDir(dataDir));
    const sources = await change(readSources(dataDir));
    replaceFile(manifestFile(dataDir), `${JSON.stringify(sources, undefined, 2)}\n`);
    const named = new Set(['manifest.json', ...sources.imports.map((entry) => entry.file)]);
    for (const file of readdirSync(importsDir(dataDir))) {
      if (!named.has(file) && !isLiveDraft(file)) rmSync(path.join(importsDir(dataDir), file), { force: true });
    }
    return sources;
  });
}

/** The name of an unfinished import: it holds the pid of the process that writes it. */
export function draftName(sequence: number): string {
  return `draft-${process.pid}-${sequence}.jsonl`;
}

function isLiveDraft(file: string): boolean {
  const pid = /^draft-(\d+)-/.exec(file)?.[1];
  return pid !== undefined && isAlive(Number(pid));
}

/** Returns to the default corpus and removes all imports. Returns the sources as they were before. */
export async function resetSources(dataDir: string): Promise<CorpusSources> {
  let before = untouched;
  await changeSources(dataDir, {}, (sources) => {
    before = sources;
    return untouched;
  });
  return before;
}

/** The sources in order. When several sources hold a page of the same id, the last one counts. */
export function openSources(dataDir: string, sources: CorpusSources): CorpusSource[] {
  const imported = sources.imports.map((entry) => importSource(entry.name, path.join(importsDir(dataDir), entry.file)));
  return sources.default ? [{ name: 'wordnet', pages: wordNetPages }, ...imported] : imported;
}

function importSource(name: string, file: string): CorpusSource {
  if (!existsSync(file))
    throw new CorpusError('damaged', `The pages of the import "${name}" are gone: ${file} is missing.`);
  return {
    name,
    *pages(wanted) {
      for (const { bytes } of readLines(file)) {
        const line = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        // The importer writes the id first and without escapes: {"id":"..."
        if (wanted && !wanted(line.toString('latin1', idStart, line.indexOf('"', idStart)))) continue;
        yield JSON.parse(line.toString('utf8')) as CorpusPage;
      }
    },
  };
}

const idStart = '{"id":"'.length;

/** Equal for two corpora of the same WordNet and the same imports. It is computed without reading pages. */
export function sourcesFingerprint(sources: CorpusSources): string {
  const parts = [sources.default ? wordNetVersion() : '', sources.imports.map((entry) => [entry.name, entry.sha256])];
  return hash('sha256', JSON.stringify(parts)).slice(0, 16);
}
