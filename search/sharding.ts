import { hash32 } from '../shared/time/random.ts';

/** The shard that holds page `id`: 1 to `shards`. Everyone computes it alike, so nobody has to be asked. */
export function shardOf(id: string, shards: number): number {
  return (hash32(id) % shards) + 1;
}

/** The folder of one shard inside the data set's folder. */
export function shardFolder(shard: number, shards: number): string {
  return `shard-${shard}-of-${shards}`;
}
