import type { PlannedPhrase } from '../../../search/plan.ts';
import { fields } from '../../../search/fields.ts';
import { bitset, setBit, type Bitset } from './bitset.ts';
import { countOf } from './packed-counts.ts';
import { positionReader, type PositionReader } from './positions.ts';
import { seekDoc } from './seek.ts';
import type { Segment } from './segment.ts';
import { addDocs, postingList } from './posting-lists.ts';
import { pieceSteps, type Work } from '../../../shared/time/work.ts';

type FieldNumber = 0 | 1 | 2;
const anyField: readonly FieldNumber[] = [0, 1, 2];

/** The place of one term of the phrase in its postings. */
interface Step {
  at: number;
  readonly end: number;
  /** The position of the term in the phrase. */
  readonly offset: number;
  readonly reader: PositionReader;
}

/** The docs that hold the phrase: all its terms in one field, at the distances that the phrase gives. */
export function* docsWithPhrase(segment: Segment, phrase: PlannedPhrase): Work<Bitset> {
  const found = bitset(segment.documents);
  const lists = phrase.terms.map((term, i) =>
    postingList(segment, phrase.field === undefined ? { term } : { term, field: phrase.field }, i),
  );
  if (lists.length === 1) {
    yield* addDocs(segment, lists[0]!, found);
    return found;
  }
  const within = phrase.field === undefined ? anyField : [fields.indexOf(phrase.field) as FieldNumber];
  // The rarest term leads: the other terms are looked up only for its docs.
  const [lead, ...others] = lists
    .toSorted((a, b) => a.end - a.start - (b.end - b.start))
    .map(({ i, start, end }): Step => ({
      at: start,
      end,
      offset: phrase.positions[i] ?? i,
      reader: positionReader(segment),
    }));
  if (lead === undefined) return found;
  const starts: number[] = [];
  let steps = 0;

  nextDoc: for (; lead.at < lead.end; lead.at++) {
    const doc = segment.docs[lead.at]!;
    if (++steps >= pieceSteps) {
      yield steps;
      steps = 0;
    }
    for (const step of others) {
      steps++;
      step.at = seekDoc(segment.docs, doc, step.at, step.end);
      if (step.at === step.end) return found;
      if (segment.docs[step.at] !== doc) continue nextDoc;
    }
    for (const field of within) {
      if (!(yield* standsIn(segment, lead, others, field, starts))) continue;
      setBit(found, doc);
      break;
    }
  }
  yield steps;
  return found;
}

/** Whether the doc of all steps has the phrase in `field`. `starts` is a buffer that calls reuse. */
function* standsIn(
  segment: Segment,
  lead: Step,
  others: readonly Step[],
  field: FieldNumber,
  starts: number[],
): Work<boolean> {
  if (countOf(segment, lead.at, field) === 0) return false;
  for (const { at } of others) if (countOf(segment, at, field) === 0) return false;
  // Possible start positions of the phrase. Each term removes some.
  let left = 0;
  for (const position of lead.reader.read(lead.at, field)) starts[left++] = position - lead.offset;
  let steps = left;
  for (const step of others) {
    steps += left + countOf(segment, step.at, field);
    if (steps >= pieceSteps) {
      yield steps;
      steps = 0;
    }
    left = keepShared(starts, left, step.reader.read(step.at, field), step.offset);
    if (left === 0) break;
  }
  if (steps > longWork) yield steps;
  return left > 0;
}

/** Fewer steps in one doc are not reported, because reporting would cost more than the work. */
const longWork = 256;

/**
 * Keeps each of the first `size` starts for which start + `offset` is in `positions`. Returns how many it kept. Both
 * arrays ascend.
 */
function keepShared(starts: number[], size: number, positions: readonly number[], offset: number): number {
  let kept = 0;
  for (let i = 0, j = 0; i < size && j < positions.length;) {
    const apart = starts[i]! + offset - positions[j]!;
    if (apart === 0) starts[kept++] = starts[i]!;
    if (apart <= 0) i++;
    if (apart >= 0) j++;
  }
  return kept;
}
