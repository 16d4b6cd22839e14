import type { Call } from './call.ts';

/**
 * The key of the replica group of a call. The nodes of a group can replace each other: they host the same component,
 * and the same shard where it is sharded. Everything that is counted, timed or remembered about a replica group uses
 * this key.
 */
export function groupKey({ component, shard }: Pick<Call, 'component' | 'shard'>): string {
  if (shard === undefined) return component;
  let keys = shardKeys.get(component);
  if (!keys) shardKeys.set(component, (keys = []));
  return (keys[shard] ??= `${component}/${shard}`);
}

/** Each key is made once: a call uses its key in several maps, and a new string would have to be hashed again. */
const shardKeys = new Map<string, string[]>();
