import { hash32 } from '../shared/time/random.ts';

/** The shard that holds page `id`: 1 to `shards`. Every node computes the same number, so no directory is needed. */
export function shardOf(id: string, shards: number): number {
  return (hash32(id) % shards) + 1;
}

/** The folder of one shard inside the data set's folder. */
export function shardFolder(shard: number, shards: number): string {
  return `shard-${shard}-of-${shards}`;
}
