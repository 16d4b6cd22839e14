import { visitTerms } from '../../../search/text/analysis.ts';
import { positionReader } from './positions.ts';
import { seekDoc } from './seek.ts';
import type { Segment } from './segment.ts';
import type { PostingList } from './posting-lists.ts';
import { pieceSteps, type Work } from '../../../shared/time/work.ts';

/**
 * Finds the start of the best passage of about `reach` characters in the body of `doc`. The best passage has the
 * greatest sum of weights (`weights[list.i]`) of the terms that it holds; each term counts once. Of equal passages, it
 * is the first one. Returns 0 when the body holds no term. A long body can hold a million matches, so it works in
 * pieces.
 *
 * The index knows word positions, not characters. To convert a position, the body is read from the last anchor before
 * the position.
 */
export function* bestPlace(
  segment: Segment,
  lists: readonly PostingList[],
  weights: ArrayLike<number>,
  doc: number,
  body: string,
  reach: number,
): Work<number> {
  const words = segment.lengths[doc * 3 + 2]!;
  if (words === 0) return 0;
  const matches = yield* matchesInBody(segment, lists, doc);
  if (matches.length === 0) return 0;
  const reachWords = Math.max(1, Math.floor((reach * words) / body.length));
  return offsetOf(segment, doc, body, yield* bestPosition(matches, weights, lists.length, reachWords));
}

/** The part of a body that is one piece of work, in positions. */
const stretch = 4_096;

/**
 * The matches of all lists in ascending order. A match is one number: `position * terms + i`, with i < terms. A body
 * can hold a million matches, and objects would take more memory.
 */
function* matchesInBody(segment: Segment, lists: readonly PostingList[], doc: number): Work<number[]> {
  const unread: { readonly i: number; readonly positions: readonly number[]; next: number }[] = [];
  let read = 0;
  for (const { i, start, end } of lists) {
    const p = seekDoc(segment.docs, doc, start, end);
    if (p === end || segment.docs[p] !== doc) continue;
    const positions = positionReader(segment).read(p, 2);
    if (positions.length === 0) continue;
    unread.push({ i, positions, next: 0 });
    read += positions.length;
    if (read >= pieceSteps) {
      yield read;
      read = 0;
    }
  }
  const terms = lists.length;
  const matches: number[] = [];
  const last = unread.reduce((most, { positions }) => Math.max(most, positions.at(-1)!), -1);
  for (let from = 0; from <= last; from += stretch) {
    const stretchOfMatches: number[] = [];
    for (const list of unread) {
      const { i, positions } = list;
      for (; list.next < positions.length && positions[list.next]! < from + stretch; list.next++) {
        stretchOfMatches.push(positions[list.next]! * terms + i);
      }
    }
    for (const match of stretchOfMatches.sort((a, b) => a - b)) matches.push(match);
    if (last >= stretch) yield stretchOfMatches.length + unread.length;
  }
  return matches;
}

function* bestPosition(
  matches: readonly number[],
  weights: ArrayLike<number>,
  terms: number,
  reachWords: number,
): Work<number> {
  const positionOf = (match: number) => Math.floor(match / terms);
  const inside = new Uint32Array(terms);
  let best = { weight: 0, position: 0 };
  let weight = 0;
  let last = 0;
  for (const [n, first] of matches.entries()) {
    const position = positionOf(first);
    for (; last < matches.length && positionOf(matches[last]!) < position + reachWords; last++) {
      const i = matches[last]! % terms;
      if (inside[i]!++ === 0) weight += weights[i]!;
    }
    // Adding and subtracting weights leaves rounding errors. The tolerance keeps equal passages equal.
    if (weight > best.weight * (1 + 1e-9)) best = { weight, position };
    const i = first % terms;
    if (--inside[i]! === 0) weight -= weights[i]!;
    if ((n + 1) % pieceSteps === 0) yield pieceSteps;
  }
  return best.position;
}

/** Nearly always, the wanted position is within this many characters after its anchor. */
const nearAnchor = 1_024;

function offsetOf({ anchorStart, anchors }: Segment, doc: number, body: string, position: number): number {
  // The last anchor at or before the position. The start of the body is an anchor that is not stored.
  let anchor = { position: 0, offset: 0 };
  for (let at = anchorStart[doc]!; at < anchorStart[doc + 1]! && anchors[at]! <= position; at += 2) {
    anchor = { position: anchors[at]!, offset: anchors[at + 1]! };
  }
  let { offset } = anchor;
  // In a script without spaces, `visitTerms` reads a whole run of characters at once. So the text is short at first,
  // then longer.
  for (let length = nearAnchor; ; length *= 8) {
    let isReached = false;
    visitTerms(body.slice(anchor.offset, anchor.offset + length), (_term, at, start) => {
      offset = anchor.offset + start;
      return (isReached = anchor.position + at >= position);
    });
    if (isReached || anchor.offset + length >= body.length) return offset;
  }
}
