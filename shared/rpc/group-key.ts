import type { Call } from './call.ts';

/**
 * The key of the replica group of a call. The nodes of a group can replace each other: they host the same component,
 * and the same shard where it is sharded. Everything that is counted, timed or remembered about a replica group uses
 * this key.
 */
export function groupKey({ component, shard }: Pick<Call, 'component' | 'shard'>): string {
  return shard === undefined ? component : `${component}/${shard}`;
}
