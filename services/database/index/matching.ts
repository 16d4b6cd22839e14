import { LRUCache } from 'lru-cache';
import type { Plan } from '../../../search/plan.ts';
import { bitset, countBits, intersect, subtract, unite, type Bitset } from './bitset.ts';
import { docsWithPhrase } from './phrase.ts';
import type { Segment } from './segment.ts';
import { addDocs, documentFrequency, type PostingList } from './terms.ts';

/** A list with a posting for one doc in this many is kept as bits too: uniting those costs a word for 32 docs, not a step a posting. */
const denseShare = 32;
/** Lists kept as bits: at 60,000 docs 7.5 kB each. */
const keptBitsets = 256;

export interface Matching {
  /** Docs that hold every phrase of the plan and no exclusion; undefined where it has neither. */
  readonly filter: (plan: Plan) => Bitset | undefined;
  /** How many docs of `filter` stand in any of `lists`. Exact, whatever the search may skip. */
  readonly count: (lists: readonly PostingList[], filter: Bitset | undefined) => number;
}

export function createMatching(segment: Segment): Matching {
  const kept = new LRUCache<number, Bitset>({ max: keptBitsets });
  const scratch = bitset(segment.documents);

  function addDense(into: Bitset, list: PostingList): void {
    let bits = kept.get(list.t);
    if (bits === undefined) {
      bits = bitset(segment.documents);
      addDocs(segment, list, bits);
      kept.set(list.t, bits);
    }
    unite(into, bits);
  }

  return {
    filter(plan) {
      const [first, ...rest] = plan.phrases;
      if (first === undefined && plan.exclusions.length === 0) return undefined;
      const allowed = first === undefined ? bitset(segment.documents).fill(0xffffffff) : docsWithPhrase(segment, first);
      for (const phrase of rest) intersect(allowed, docsWithPhrase(segment, phrase));
      for (const phrase of plan.exclusions) subtract(allowed, docsWithPhrase(segment, phrase));
      return allowed;
    },
    count(lists, filter) {
      const [only] = lists;
      if (only === undefined) return 0;
      if (lists.length === 1 && filter === undefined) return documentFrequency(segment, only);
      scratch.fill(0);
      for (const list of lists) {
        const dense = list.within === 'anywhere' && (list.end - list.start) * denseShare >= segment.documents;
        if (dense) addDense(scratch, list);
        else addDocs(segment, list, scratch);
      }
      if (filter !== undefined) intersect(scratch, filter);
      return countBits(scratch);
    },
  };
}
