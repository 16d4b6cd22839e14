import { type Level, levelOf } from '../../search/levels.ts';
import type { Making } from '../../search/making.ts';

/** The nodes of one tier that took part in an answer. */
export interface Tier {
  readonly name: string;
  readonly level: Level;
  readonly nodes: readonly string[];
}

/**
 * The tiers that made an answer.
 *
 *     object-based   chain: client -> gateway -> app     calls: query, database x 2, ranking, html  (all by app)
 *     layered        chain: client -> gateway -> app -> html -> ranking -> query -> database x 2  (by the one above)
 */
export interface Path {
  readonly chain: readonly Tier[];
  readonly calls: readonly Tier[];
}

/** Arranges the nodes of `making`. A node that hosts several components is shown once, at its first place. */
export function pathOf(making: Making): Path {
  const seen = new Set<string>();
  const chain = tiers(making.via, seen);
  const below = tiers(making.servedBy, seen);
  return making.style === 'layered' ? { chain: [...chain, ...below], calls: [] } : { chain, calls: below };
}

function tiers(nodes: readonly string[], seen: Set<string>): Tier[] {
  const unseen = new Set(nodes).difference(seen);
  for (const node of unseen) seen.add(node);
  return [...Map.groupBy(unseen, tierName)].map(([name, members]) => ({
    name,
    level: levelOf(name),
    nodes: members.sort(byNumbers),
  }));
}

/** Node ids are `<tier>-<replica>` or `<tier>-<shard>-<replica>` (shared/cluster/topology.ts). */
function tierName(node: string): string {
  return node.replace(/(-\d+){1,2}$/, '');
}

/**
 * Sorts database-2-1 before database-10-1. The collator is created at its first use, so that it does not delay the
 * start of the process.
 */
let collator: Intl.Collator | undefined;
const byNumbers = (a: string, b: string): number =>
  (collator ??= new Intl.Collator('en', { numeric: true })).compare(a, b);
