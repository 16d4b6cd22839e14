import { LRUCache } from 'lru-cache';
import { tolerated } from '../../tolerated.ts';
import type { Call, Endpoint } from '../call.ts';
import { groupKey } from '../group-key.ts';

/** A part of a reply that does not match its signature. */
export interface Doubt {
  /** What was asked for, such as the id of a page: other replicas hold it, too. */
  readonly item: string;
  /** Equal for two replies that hold the very same. */
  readonly content: string;
  readonly why: string;
}

/**
 * `open`: another replica must be asked. `at-source`: f + 1 replicas hold the very same, so an honest one does: the
 * item was stored like this. `lie`: another replica had it right, or this one has too many such items.
 */
export type Judgement = 'open' | 'at-source' | 'lie';

export interface Doubts {
  /** `isNew` = the first time that the item is judged so. */
  readonly judge: (
    call: Call,
    node: string,
    doubt: Doubt,
  ) => { readonly judgement: Judgement; readonly isNew: boolean };
  /** The items came as they were signed. Returns the nodes that sent them otherwise. */
  readonly prove: (call: Call, items: readonly string[]) => readonly string[];
}

interface Held {
  readonly content: string;
  readonly incarnation: number | undefined;
}

const maxItems = 1_000;
/** An honest replica may hold an item that was damaged on its disk; more of them are no accident. */
const maxOpenPerNode = 3;

/**
 * Who is to blame for an item that does not match its signature: the replica that sent it, or whoever stored it. One
 * reply cannot tell. Nobody is accused before another replica has answered.
 */
export function createDoubts(endpoints: (component: string, shard?: number) => readonly Endpoint[]): Doubts {
  /** What was held by which node, by replica group and item. */
  const open = new LRUCache<string, Map<string, Held>>({ max: maxItems });
  const proven = new LRUCache<string, true>({ max: maxItems });
  /** Items that were stored as they are, with their content. */
  const atSource = new LRUCache<string, string>({ max: maxItems });
  const keyOf = (call: Call, item: string) => `${groupKey(call)} ${item}`;

  /** Items that this node alone holds like this. */
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
          // A process that has been replaced meanwhile is not there to be blamed.
          if (now !== undefined && now.incarnation === incarnation) wrong.add(node);
        }
        open.delete(key);
      }
      return [...wrong];
    },
  };
}
