import type { PlannedTerm } from '../../../search/plan.ts';
import { fields } from '../../../search/fields.ts';
import { setBit, type Bitset } from './bitset.ts';
import { countOf } from './packed-counts.ts';
import { termNumber } from './dictionary.ts';
import type { Segment } from './segment.ts';
import { pieceSteps, type Work } from '../../../shared/time/work.ts';

/** Where a term may occur: the number of a field, or any field. */
export type Within = 0 | 1 | 2 | 'anywhere';

/** The postings of one term of a plan: [start, end). */
export interface PostingList {
  /** The term's place in the plan. */
  readonly i: number;
  /** The term's number in the segment; -1 when no page holds it. */
  readonly t: number;
  readonly start: number;
  readonly end: number;
  readonly within: Within;
}

export function postingList(segment: Segment, planned: Pick<PlannedTerm, 'term' | 'field'>, i: number): PostingList {
  const t = termNumber(segment, planned.term);
  const within = planned.field === undefined ? 'anywhere' : (fields.indexOf(planned.field) as Within);
  if (t === -1) return { i, t, start: 0, end: 0, within };
  return { i, t, start: segment.postingStart[t]!, end: segment.postingStart[t + 1]!, within };
}

/** How many docs hold the term (in its field, if it names one). */
export function* documentFrequency(segment: Segment, { start, end, within }: PostingList): Work<number> {
  if (within === 'anywhere') return end - start;
  let frequency = 0;
  for (const [from, to] of piecesOf(start, end)) {
    for (let p = from; p < to; p++) if (countOf(segment, p, within) > 0) frequency++;
    yield to - from;
  }
  return frequency;
}

/** Adds the docs that hold the term (in its field, if it names one). */
export function* addDocs(segment: Segment, { start, end, within }: PostingList, into: Bitset): Work<void> {
  const { docs } = segment;
  for (const [from, to] of piecesOf(start, end)) {
    for (let p = from; p < to; p++) {
      if (within === 'anywhere' || countOf(segment, p, within) > 0) setBit(into, docs[p]!);
    }
    yield to - from;
  }
}

function* piecesOf(start: number, end: number): Iterable<[number, number]> {
  for (let from = start; from < end; from += pieceSteps) yield [from, Math.min(end, from + pieceSteps)];
}
