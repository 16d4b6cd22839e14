import type { Call } from './call.ts';

/**
 * The replica group of a call: the nodes that can stand in for each other, which are those of one component, of one
 * shard where it is sharded. Whatever is counted, timed or remembered about "the replicas of this call" is kept by this
 * key.
 */
export function groupKey({ component, shard }: Pick<Call, 'component' | 'shard'>): string {
  return shard === undefined ? component : `${component}/${shard}`;
}
