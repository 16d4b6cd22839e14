import { join } from 'node:path';

/** The files in the folder of a shard. */
export function shardFiles(folder: string) {
  return {
    /** The durable data, in SQLite. */
    store: join(folder, 'pages.sqlite'),
    /**
     * A checkpoint of the inverted index, in the layout that the index has in memory. It is rebuilt from the store when
     * it is missing or damaged.
     */
    checkpoint: join(folder, 'index.bin'),
  };
}
