import { LRUCache } from 'lru-cache';
import { tolerated } from '../../../tolerated.ts';
import type { Call, Endpoint } from '../../call.ts';
import { groupKey } from '../../group-key.ts';

/** A part of a reply that does not match its signature. */
export interface Doubt {
  /** The key of the item, such as the id of a page. Other replicas hold the same item. */
  readonly item: string;
  /** Equal for two replies with exactly the same content. */
  readonly content: string;
  readonly why: string;
}

/**
 * The verdict on an item. `open`: another replica must be asked. `at-source`: f + 1 replicas hold exactly this content.
 * At least one of them is honest, so the item was wrong when it was stored. `lie`: another replica had the correct
 * item, or this replica has too many wrong items.
 */
export type Judgement = 'open' | 'at-source' | 'lie';

export interface Doubts {
  /** `isNew` = this is the first verdict of this kind on the item. */
  readonly judge: (
    call: Call,
    node: string,
    doubt: Doubt,
  ) => { readonly judgement: Judgement; readonly isNew: boolean };
  /**
   * Notes that these items came with valid signatures. Returns the nodes that sent the same items with invalid
   * signatures.
   */
  readonly prove: (call: Call, items: readonly string[]) => readonly string[];
}

interface Held {
  readonly content: string;
  readonly incarnation: number | undefined;
}

const maxItems = 1_000;
/** The disk of an honest replica may damage this many items. More wrong items are no accident. */
const maxOpenPerNode = 3;

/**
 * Who is to blame for an item that does not match its signature: the replica that sent it, or the node that stored it.
 * One reply cannot tell, so no node is accused before another replica has answered.
 */
export function createDoubts(endpoints: (component: string, shard?: number) => readonly Endpoint[]): Doubts {
  /** Which node held which content, by replica group and item. */
  const open = new LRUCache<string, Map<string, Held>>({ max: maxItems });
  const proven = new LRUCache<string, true>({ max: maxItems });
  /** The content of each item that was stored with a wrong signature. */
  const atSource = new LRUCache<string, string>({ max: maxItems });
  const keyOf = (call: Call, item: string) => `${groupKey(call)} ${item}`;

  /** How many items in `open` came from this node only. */
  function openAt(node: string): number {
    let items = 0;
    for (const holders of open.values()) if (holders.has(node) && holders.size === 1) items++;
    return items;
  }

  return {
    judge(call, node, { item, content }) {
      const key = keyOf(call, item);
      if (proven.has(key)) return { judgement: 'lie', isNew: true };
      if (openAt(node) > maxOpenPerNode) return { judgement: 'lie', isNew: true };
      if (atSource.get(key) === content) return { judgement: 'at-source', isNew: false };
      const holders = open.get(key) ?? new Map<string, Held>();
      open.set(key, holders.set(node, { content, incarnation: call.endpoint?.incarnation }));
      const same = [...holders.values()].filter((held) => held.content === content).length;
      if (same <= tolerated(endpoints(call.component, call.shard).length)) return { judgement: 'open', isNew: true };
      atSource.set(key, content);
      return { judgement: 'at-source', isNew: true };
    },
    prove(call, items) {
      const wrong = new Set<string>();
      for (const item of items) {
        const key = keyOf(call, item);
        proven.set(key, true);
        atSource.delete(key);
        for (const [node, { incarnation }] of open.get(key) ?? []) {
          const now = endpoints(call.component, call.shard).find((endpoint) => endpoint.node === node);
          // A new process must not be blamed for the one that it replaced.
          if (now !== undefined && now.incarnation === incarnation) wrong.add(node);
        }
        open.delete(key);
      }
      return [...wrong];
    },
  };
}
