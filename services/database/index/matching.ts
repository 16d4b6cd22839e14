import { LRUCache } from 'lru-cache';
import type { QueryPlan } from '../../../search/plan.ts';
import { bitset, countBits, intersect, subtract, unite, type Bitset } from './bitset.ts';
import { docsWithPhrase } from './phrase.ts';
import type { Segment } from './segment.ts';
import { addDocs, documentFrequency, type PostingList } from './posting-lists.ts';
import type { Work } from '../../../shared/time/work.ts';

/**
 * A list is dense when at least one doc in 32 is in it. Dense lists are cached as bit sets, because a union of bit sets
 * handles 32 docs in one operation.
 */
const denseShare = 32;
/** The most cached bit sets. For 60,000 docs, each takes 7.5 kB. */
const keptBitsets = 256;

export interface Matching {
  /** The docs that hold every phrase of the plan and no exclusion. Undefined when the plan has neither. */
  readonly filter: (plan: QueryPlan) => Work<Bitset | undefined>;
  /** How many docs of `filter` are in at least one of `lists`. The number is exact, even when the search skips docs. */
  readonly count: (lists: readonly PostingList[], filter: Bitset | undefined) => Work<number>;
}

export function createMatching(segment: Segment): Matching {
  const kept = new LRUCache<number, Bitset>({ max: keptBitsets });

  function* addDense(into: Bitset, list: PostingList): Work<void> {
    let bits = kept.get(list.t);
    if (bits === undefined) {
      bits = bitset(segment.documents);
      yield* addDocs(segment, list, bits);
      kept.set(list.t, bits);
    }
    unite(into, bits);
    yield into.length;
  }

  return {
    *filter(plan) {
      const [first, ...rest] = plan.phrases;
      if (first === undefined && plan.exclusions.length === 0) return undefined;
      const allowed =
        first === undefined ? bitset(segment.documents).fill(0xffffffff) : yield* docsWithPhrase(segment, first);
      for (const phrase of rest) intersect(allowed, yield* docsWithPhrase(segment, phrase));
      for (const phrase of plan.exclusions) subtract(allowed, yield* docsWithPhrase(segment, phrase));
      return allowed;
    },
    *count(lists, filter) {
      const [only] = lists;
      if (only === undefined) return 0;
      if (lists.length === 1 && filter === undefined) return yield* documentFrequency(segment, only);
      const found = bitset(segment.documents);
      for (const list of lists) {
        const dense = list.within === 'anywhere' && (list.end - list.start) * denseShare >= segment.documents;
        yield* dense ? addDense(found, list) : addDocs(segment, list, found);
      }
      if (filter !== undefined) intersect(found, filter);
      return countBits(found);
    },
  };
}
