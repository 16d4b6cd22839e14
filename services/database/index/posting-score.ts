import type { Scorer } from '../../../search/bm25f.ts';
import { nameLength } from '../../../search/names.ts';
import { bodyCount, countOf, keywordCount, large, nameCodeOf } from './packed-counts.ts';
import type { Segment } from './segment.ts';

/** The part of term `i` of the plan in the score of a page. `p` = the posting of the term and the page. */
export function termScoreOf(segment: Segment, scorer: Scorer, i: number, p: number): number {
  const { counts, lengths } = segment;
  const doc = segment.docs[p]! * 3;
  const packed = counts[p]!;
  const isLarge = packed === large;
  return scorer.term(
    i,
    nameLength(isLarge ? countOf(segment, p, 0) : nameCodeOf(packed)),
    isLarge ? countOf(segment, p, 1) : keywordCount(packed),
    isLarge ? countOf(segment, p, 2) : bodyCount(packed),
    lengths[doc + 1]!,
    lengths[doc + 2]!,
  );
}
