import { schemaVersion } from '../services/database/store.ts';
import { hash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { shardFolder } from '../search/sharding.ts';
import { isDatasetUsed } from './in-use.ts';
import { sourcesFingerprint, type Sources } from './sources.ts';

/**
 * Grows with every change of what a build makes of the same sources: pages, signatures, popularity, or the shard files. Then
 * all cuts are built anew.
 */
const formatVersion = 2;

/** Says that a cut is complete: it is written last. */
export interface DatasetManifest {
  readonly fingerprint: string;
  /** Cuts of the same corpus into other numbers of shards share it. */
  readonly corpus: string;
  readonly shards: number;
  readonly pages: number;
  readonly links: number;
  readonly deadLinks: number;
  /** Pages that gave way to one of the same id from a later source. */
  readonly replaced: number;
  readonly pagesByShard: readonly number[];
  readonly sources: readonly string[];
  /** Which key its pages are signed with (shared/security/processing-key.ts). */
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

export function fingerprint(sources: Sources, shards: number): Fingerprint {
  const corpus = hash('sha256', `${formatVersion} ${schemaVersion} ${sourcesFingerprint(sources)}`).slice(0, 16);
  return { corpus, cut: `${corpus}-${shards}` };
}

/** The manifest of a complete cut; undefined for one that is missing, half built or damaged. */
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
 * Removes cuts of other corpora that no living process uses, and what interrupted builds left behind. Cuts of the same
 * corpus into other numbers of shards stay: another topology may want them. Only for the holder of the lock.
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

/** Takes the name away first: a half-removed cut must not be found. */
export function discard(datasetDir: string): void {
  const removed = `${datasetDir.replace(/\.removed$/, '')}.removed`;
  if (existsSync(datasetDir) && removed !== datasetDir) {
    rmSync(removed, { recursive: true, force: true });
    renameSync(datasetDir, removed);
  }
  rmSync(removed, { recursive: true, force: true });
}
