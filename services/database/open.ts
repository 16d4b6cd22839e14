import { existsSync, fsyncSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Clock } from '../../shared/time/clock.ts';
import { shardFiles } from './files.ts';
import { createIndexBuilder } from './index/builder.ts';
import { loadCheckpoint, saveCheckpoint, type Refusal } from './index/checkpoint.ts';
import { createInvertedIndex, type InvertedIndex } from './index/inverted-index.ts';
import type { Segment } from './index/segment.ts';
import { openStore, type Store } from './store.ts';

/** An open shard, ready to be searched. */
export interface Shard {
  readonly store: Store;
  readonly index: InvertedIndex;
  /** How long opening took, ms. */
  readonly openedMs: number;
  /** Why the index had to be rebuilt; undefined when the checkpoint was usable. */
  readonly rebuilt: Refusal | undefined;
}

/**
 * Opens the shard in `folder`. Throws when the store is missing or damaged. A missing or damaged checkpoint is rebuilt.
 * `onSync` is told how long the disk took to sync a file.
 */
export function openShard(
  folder: string,
  clock: Clock,
  log: Logger,
  onSync: (syncMs: number) => void = () => undefined,
): Shard {
  const begin = clock.now();
  const files = shardFiles(folder);
  if (!existsSync(files.store)) throw new Error(`there is no data set in ${folder}: it must be built first`);
  const store = openStore(files.store);
  try {
    const loaded = loadCheckpoint(files.checkpoint, store.version);
    if (loaded.ok) {
      return { store, index: createInvertedIndex(loaded.segment), openedMs: clock.now() - begin, rebuilt: undefined };
    }
    log.warn(
      { file: files.checkpoint, refusal: loaded.refusal },
      'the index checkpoint is not usable: the index is rebuilt from the store',
    );
    const segment = rebuild(store);
    keep(files.checkpoint, segment, store.version, log, (handle) => {
      const syncAt = clock.now();
      fsyncSync(handle);
      onSync(clock.now() - syncAt);
    });
    return { store, index: createInvertedIndex(segment), openedMs: clock.now() - begin, rebuilt: loaded.refusal };
  } catch (error) {
    store.close();
    throw error;
  }
}

function rebuild(store: Store): Segment {
  const builder = createIndexBuilder();
  for (const row of store.rows()) builder.add(row);
  return builder.finish();
}

/**
 * Saves a checkpoint if possible. A full or read-only disk does not stop the node: without a checkpoint only the next
 * start is slower.
 */
function keep(file: string, segment: Segment, version: string, log: Logger, sync: (handle: number) => void): void {
  try {
    saveCheckpoint(file, segment, version, sync);
  } catch (error) {
    log.warn({ file, error }, 'the index checkpoint could not be written');
  }
}
