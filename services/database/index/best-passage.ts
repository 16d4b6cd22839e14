import { visitTerms } from '../../../search/text/analysis.ts';
import { positionReader } from './positions.ts';
import { seekDoc } from './seek.ts';
import type { Segment } from './segment.ts';
import type { PostingList } from './posting-lists.ts';

/**
 * Returns the start of the best passage of about `reach` characters in the body of `doc`. The best passage has the
 * greatest sum of weights (`weights[list.i]`) of the terms that it holds; each term counts once. Of equal passages, it
 * is the first one. Returns 0 when the body holds no term.
 *
 * The index knows word positions, not characters. To convert a position, the body is read from the last anchor before
 * the position.
 */
export function bestPlace(
  segment: Segment,
  lists: readonly PostingList[],
  weights: ArrayLike<number>,
  doc: number,
  body: string,
  reach: number,
): number {
  const words = segment.lengths[doc * 3 + 2]!;
  if (words === 0) return 0;
  const matches = matchesInBody(segment, lists, doc);
  if (matches.length === 0) return 0;
  const reachWords = Math.max(1, Math.floor((reach * words) / body.length));
  return offsetOf(segment, doc, body, bestPosition(matches, weights, lists.length, reachWords));
}

interface Match {
  readonly position: number;
  readonly i: number;
}

function matchesInBody(segment: Segment, lists: readonly PostingList[], doc: number): Match[] {
  const matches: Match[] = [];
  for (const { i, start, end } of lists) {
    const p = seekDoc(segment.docs, doc, start, end);
    if (p === end || segment.docs[p] !== doc) continue;
    for (const position of positionReader(segment).read(p, 2)) matches.push({ position, i });
  }
  return matches.sort((a, b) => a.position - b.position);
}

function bestPosition(
  matches: readonly Match[],
  weights: ArrayLike<number>,
  terms: number,
  reachWords: number,
): number {
  const inside = new Uint32Array(terms);
  let best = { weight: 0, position: 0 };
  let weight = 0;
  let last = 0;
  for (const first of matches) {
    for (; last < matches.length && matches[last]!.position < first.position + reachWords; last++) {
      const { i } = matches[last]!;
      if (inside[i]!++ === 0) weight += weights[i]!;
    }
    // Adding and subtracting weights leaves rounding errors. The tolerance keeps equal passages equal.
    if (weight > best.weight * (1 + 1e-9)) best = { weight, position: first.position };
    if (--inside[first.i]! === 0) weight -= weights[first.i]!;
  }
  return best.position;
}

function offsetOf({ anchorStart, anchors }: Segment, doc: number, body: string, position: number): number {
  // The last anchor at or before the position. The start of the body is an anchor that is not stored.
  let anchor = { position: 0, offset: 0 };
  for (let at = anchorStart[doc]!; at < anchorStart[doc + 1]! && anchors[at]! <= position; at += 2) {
    anchor = { position: anchors[at]!, offset: anchors[at + 1]! };
  }
  let { offset } = anchor;
  visitTerms(body.slice(anchor.offset), (_term, at, start) => {
    offset = anchor.offset + start;
    return anchor.position + at >= position;
  });
  return offset;
}
