import type { PlannedPhrase } from '../../query/plan.ts';
import { fields } from '../../query/plan.ts';
import { bitset, setBit, type Bitset } from './bitset.ts';
import { countOf } from './counts.ts';
import { termNumber } from './dictionary.ts';
import { positionReader } from './positions.ts';
import { seekDoc } from './seek.ts';
import type { Segment } from './segment.ts';

type FieldNumber = 0 | 1 | 2;
const anyField: readonly FieldNumber[] = [0, 1, 2];

/** The docs that hold the phrase: all its terms in one field, as far apart as it says. */
export function docsWithPhrase(segment: Segment, phrase: PlannedPhrase): Bitset {
  const found = bitset(segment.documents);
  const within = phrase.field === undefined ? anyField : [fields.indexOf(phrase.field) as FieldNumber];
  const lists = phrase.terms.map((term, i) => {
    const t = termNumber(segment, term);
    const [start, end] = t === -1 ? [0, 0] : [segment.postingStart[t]!, segment.postingStart[t + 1]!];
    return { at: start, end, size: end - start, offset: phrase.positions[i] ?? i, reader: positionReader(segment) };
  });
  // The rarest term leads: the others are only asked about its docs.
  lists.sort((a, b) => a.size - b.size);
  const [lead, ...others] = lists;
  if (lead === undefined) return found;

  nextDoc: for (; lead.at < lead.end; lead.at++) {
    const doc = segment.docs[lead.at]!;
    for (const list of others) {
      list.at = seekDoc(segment.docs, doc, list.at, list.end);
      if (list.at === list.end) return found;
      if (segment.docs[list.at] !== doc) continue nextDoc;
    }
    if (within.some((field) => standsIn(field))) setBit(found, doc);
  }
  return found;

  function standsIn(field: FieldNumber): boolean {
    if (lists.some((list) => countOf(segment, list.at, field) === 0)) return false;
    if (others.length === 0) return true;
    // Where the phrase could begin, narrowed term by term.
    let starts: readonly number[] = lead!.reader.read(lead!.at, field).map((position) => position - lead!.offset);
    for (const list of others) {
      starts = shared(starts, list.reader.read(list.at, field), list.offset);
      if (starts.length === 0) return false;
    }
    return true;
  }
}

/** Those of `starts` that `offset` lies before one of `positions`; both ascend. */
function shared(starts: readonly number[], positions: readonly number[], offset: number): number[] {
  const both: number[] = [];
  for (let i = 0, j = 0; i < starts.length && j < positions.length;) {
    const apart = starts[i]! + offset - positions[j]!;
    if (apart === 0) both.push(starts[i]!);
    if (apart <= 0) i++;
    if (apart >= 0) j++;
  }
  return both;
}
