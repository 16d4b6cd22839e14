import { join } from 'node:path';

/** What lies in a shard's folder. */
export function shardFiles(folder: string) {
  return {
    /** SQLite: the durable truth. */
    store: join(folder, 'pages.sqlite'),
    /** The inverted index as it was in memory; made again from the store where it is missing or broken. */
    checkpoint: join(folder, 'index.bin'),
  };
}
