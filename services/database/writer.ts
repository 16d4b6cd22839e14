import { createHash } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { canonical, firstVersion } from '../../shared/security/signing.ts';
import { syncFile, syncFolder } from '../../shared/durable.ts';
import { createIndexBuilder } from './index/builder.ts';
import { saveCheckpoint } from './index/checkpoint.ts';
import { shardFiles } from './files.ts';
import type { SourcePage } from '../../search/source-page.ts';
import { createStore } from './store.ts';
import { makeFolder } from '../../shared/make-folder.ts';

/** The progress of building a shard. First its pages are stored, then they are indexed. */
export interface WriteProgress {
  readonly phase: 'storing' | 'indexing';
  /** The pages that are done in this phase. */
  readonly pages: number;
}

/** How many pages lie between two reports of progress. */
const reportEvery = 1_000;

/**
 * Builds the shard in `folder` from its pages: the store, the vocabulary and the index checkpoint. All or nothing: it
 * writes to a temporary folder and replaces `folder` when everything is on disk. It blocks the calling thread. Several
 * threads or processes may write different shards at the same time.
 *
 * Throws when an id occurs twice or a popularity is not in [0, 1]. Links without a title get it from this shard's
 * pages. Returns the number of pages.
 */
export async function writeShard(
  folder: string,
  pages: Iterable<SourcePage> | AsyncIterable<SourcePage>,
  onProgress: (progress: WriteProgress) => void = () => {},
): Promise<number> {
  const partial = `${folder}.${process.pid}.partial`;
  rmSync(partial, { recursive: true, force: true });
  makeFolder(partial);
  try {
    const count = await fill(partial, pages, onProgress);
    swapIn(partial, folder);
    return count;
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  }
}

async function fill(
  folder: string,
  pages: Iterable<SourcePage> | AsyncIterable<SourcePage>,
  onProgress: (progress: WriteProgress) => void,
) {
  const files = shardFiles(folder);
  const store = createStore(files.store);
  try {
    const content = createHash('sha256');
    let stored = 0;
    for await (const page of pages) {
      store.add(page);
      content.update(fingerprintOf(page));
      if (++stored % reportEvery === 0) onProgress({ phase: 'storing', pages: stored });
    }
    onProgress({ phase: 'storing', pages: stored });

    const builder = createIndexBuilder();
    let indexed = 0;
    for (const row of store.rows()) {
      builder.add(row);
      if (++indexed % reportEvery === 0) onProgress({ phase: 'indexing', pages: indexed });
    }
    const words = [...builder.vocabulary()].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [word, documents] of words) store.addWord(word, documents);
    const version = content.digest('base64url').slice(0, 22);
    store.finish(version);
    saveCheckpoint(files.checkpoint, builder.finish(), version);
    store.close();
    syncFile(files.store);
    syncFolder(folder);
    onProgress({ phase: 'indexing', pages: indexed });
    return stored;
  } finally {
    store.close();
  }
}

/** Changes with everything that users see of a page. The signature represents the content that it covers. */
function fingerprintOf(page: SourcePage): string {
  const titles = page.links.map(({ title }) => title ?? null);
  const unsigned = JSON.stringify([page.names ?? null, page.category ?? null, titles]);
  return `${page.signature ?? canonical(page, firstVersion)} ${page.popularity} ${unsigned}\n`;
}

function swapIn(partial: string, folder: string): void {
  const old = `${partial}.old`;
  rmSync(old, { recursive: true, force: true });
  if (existsSync(folder)) renameSync(folder, old);
  renameSync(partial, folder);
  syncFolder(dirname(folder));
  rmSync(old, { recursive: true, force: true });
}
