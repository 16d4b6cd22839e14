import type { PlannedTerm } from '../../../search/plan.ts';
import { fields } from '../../../search/plan.ts';
import { setBit, type Bitset } from './bitset.ts';
import { countOf } from './counts.ts';
import { termNumber } from './dictionary.ts';
import type { Segment } from './segment.ts';

/** Where a term may stand: a field's number, or anywhere. */
export type Within = 0 | 1 | 2 | 'anywhere';

/** The postings of one term of a plan: [start, end). */
export interface PostingList {
  /** The term's place in the plan. */
  readonly i: number;
  /** The term's number in the segment; -1 where no page holds it. */
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

/** How many docs hold the term, in its field where it names one. */
export function documentFrequency(segment: Segment, list: PostingList): number {
  if (list.within === 'anywhere') return list.end - list.start;
  let frequency = 0;
  for (let p = list.start; p < list.end; p++) if (countOf(segment, p, list.within) > 0) frequency++;
  return frequency;
}

/** Adds the docs that hold the term, in its field where it names one. */
export function addDocs(segment: Segment, { start, end, within }: PostingList, into: Bitset): void {
  const { docs } = segment;
  for (let p = start; p < end; p++) {
    if (within === 'anywhere' || countOf(segment, p, within) > 0) setBit(into, docs[p]!);
  }
}
