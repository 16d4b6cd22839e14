import { schemaVersion } from '../services/database/store.ts';
import { hash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { shardFolder } from '../search/sharding.ts';
import { isDatasetUsed } from './in-use.ts';
import { sourcesFingerprint, type CorpusSources } from './sources.ts';

/**
 * Increase it when a build makes other pages, signatures, popularity or shard files from the same sources. Then every
 * data set is built again.
 */
const formatVersion = 2;

/**
 * The manifest is written last, so a data set with a manifest is complete. A "cut" is a corpus that is divided into a
 * number of shards.
 */
export interface DatasetManifest {
  readonly fingerprint: string;
  /** The same for every cut of one corpus. */
  readonly corpus: string;
  readonly shards: number;
  readonly pages: number;
  readonly links: number;
  readonly deadLinks: number;
  /** Pages that were replaced by a page of the same id from a later source. */
  readonly replaced: number;
  readonly pagesByShard: readonly number[];
  readonly sources: readonly string[];
  /** The id of the key that signed its pages (shared/security/processing-key.ts). */
  readonly key?: string;
}

export function datasetsDir(dataDir: string): string {
  return path.join(dataDir, 'datasets');
}

export function manifestOf(datasetDir: string): string {
  return path.join(datasetDir, 'manifest.json');
}

export interface Fingerprint {
  readonly corpus: string;
  /** Names the cut's folder. */
  readonly cut: string;
}

export function fingerprint(sources: CorpusSources, shards: number): Fingerprint {
  const corpus = hash('sha256', `${formatVersion} ${schemaVersion} ${sourcesFingerprint(sources)}`).slice(0, 16);
  return { corpus, cut: `${corpus}-${shards}` };
}

/** The manifest of a complete cut; undefined when the cut is missing, half built or damaged. */
export function readManifest(datasetDir: string, expected: Fingerprint): DatasetManifest | undefined {
  let manifest: DatasetManifest;
  try {
    manifest = JSON.parse(readFileSync(manifestOf(datasetDir), 'utf8')) as DatasetManifest;
  } catch {
    return undefined;
  }
  if (manifest.fingerprint !== expected.cut) return undefined;
  const folders = Array.from({ length: manifest.shards }, (_, i) =>
    path.join(datasetDir, shardFolder(i + 1, manifest.shards)),
  );
  return folders.every((folder) => existsSync(folder)) ? manifest : undefined;
}

/**
 * Removes cuts of other corpora that no living process uses, and the remains of interrupted builds. Other cuts of the
 * same corpus stay, because another topology may need them. Only the holder of the lock may call it.
 */
export function removeOutdated(dataDir: string, current: Fingerprint, nowMs: number): string[] {
  const folder = datasetsDir(dataDir);
  const removed: string[] = [];
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const full = path.join(folder, name);
    const leftover = name.endsWith('.building') || name.endsWith('.removed');
    if (!leftover && (name.startsWith(`${current.corpus}-`) || isDatasetUsed(full, nowMs))) continue;
    discard(full);
    removed.push(name);
  }
  return removed;
}

/** Renames the folder before it removes it, so that nobody finds a partly removed cut. */
export function discard(datasetDir: string): void {
  const removed = `${datasetDir.replace(/\.removed$/, '')}.removed`;
  if (existsSync(datasetDir) && removed !== datasetDir) {
    rmSync(removed, { recursive: true, force: true });
    renameSync(datasetDir, removed);
  }
  rmSync(removed, { recursive: true, force: true });
}
