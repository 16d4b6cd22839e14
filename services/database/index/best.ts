import { scorer as createScorer } from '../../ranking/bm25f.ts';
import type { Statistics } from '../contract.ts';
import type { PlannedTerm } from '../../query/plan.ts';
import { hasBit, type Bitset } from './bitset.ts';
import { windowBits, type Bounds } from './bounds.ts';
import { partialScores } from './partial.ts';
import { seekDoc } from './seek.ts';
import type { Segment } from './segment.ts';
import type { PostingList } from './terms.ts';
import { createTop } from './top.ts';

const windowSize = 2 ** windowBits;
/** Sums taken in another order differ in their last bits: no page is passed over for less than this, relatively. */
const tolerance = 1 - 1e-9;

/** A list inside the window that is being searched. */
interface Cursor {
  readonly list: PostingList;
  /** Its row in the bounds; -1 for a short list. */
  readonly row: number;
  /** The greatest part it gives to any page of the window; of all pages for a short list. */
  bound: number;
  /** Its postings in the window: [from, to). */
  from: number;
  to: number;
}

export interface Best {
  readonly docs: readonly number[];
  readonly scores: readonly number[];
  /** What the search did: postings looked at, windows passed over. */
  readonly postings: number;
  readonly skippedWindows: number;
}

/**
 * The best `size` docs for `lists`, exactly those that scoring every page would give, in the same order with the same bits.
 *
 * MaxScore (Turtle & Flood 1995) over windows of docs with their own bounds (block-max: Ding & Suel 2011; by doc range, as Lucene's
 * MaxScoreBulkScorer). In a window, lists whose bounds together cannot lift a page over the worst of the best so far are not read: only pages
 * that stand in another list can get in, and only those are looked up in them.
 *
 *     window 0      window 1      window 2
 *     the ==============================   read until 10 pages are found, then only looked up
 *     dog   = =    ==   =      ==  =  =    read
 *     leash            =                   a window without it may be skipped whole
 *
 * Sums are approximate until a page may get in; then ranking's own arithmetic decides.
 */
export function findBest(
  segment: Segment,
  bounds: Bounds,
  terms: readonly PlannedTerm[],
  lists: readonly PostingList[],
  statistics: Statistics,
  size: number,
  filter: Bitset | undefined,
): Best {
  const { docs, popularity } = segment;
  const scorer = createScorer(terms, statistics);
  const partial = partialScores(segment, scorer, statistics);
  const documents = Math.max(statistics.documents, 1);
  const stretch = bounds.stretch(statistics.fieldLengths.map((length) => Math.max(length, 1) / documents));
  const top = createTop(size);
  const sums = new Float64Array(windowSize);
  const touched = new Uint32Array(windowSize / 32);
  const cursors = lists.filter((list) => list.start < list.end).map(openCursor);
  let active: Cursor[] = [];
  let essential: Cursor[] = [];
  let others: Cursor[] = [];
  let postings = 0;
  let skippedWindows = 0;

  for (let window = 0; window < bounds.windows; window++) searchWindow(window);
  return { ...top.take(), postings, skippedWindows };

  function openCursor(list: PostingList): Cursor {
    const row = bounds.rows.get(list.t) ?? -1;
    let bound = 0;
    if (row === -1) for (let p = list.start; p < list.end; p++) bound = Math.max(bound, partial.of(list, p));
    return { list, row, bound, from: list.start, to: list.start };
  }

  function searchWindow(window: number): void {
    const base = window << windowBits;
    const lift = scorer.total(1, bounds.popularity[window]!);
    enter(window, base);
    if (active.length === 0) return;
    const enough = (top.threshold * tolerance) / lift;
    const rest = partition(enough);
    if (essential.length === 0) {
      skippedWindows++;
      return;
    }
    if (essential.length === 1) readOne(essential[0]!, rest);
    else readAll(base, rest, lift);
  }

  /** Moves every cursor into the window; those with postings there become `active`. */
  function enter(window: number, base: number): void {
    active = [];
    for (const cursor of cursors) {
      const { list, row } = cursor;
      if (row === -1) {
        cursor.from = cursor.to;
        cursor.to = seekDoc(docs, base + windowSize, cursor.from, list.end);
      } else {
        const at = row * (bounds.windows + 1) + window;
        cursor.from = bounds.starts[at]!;
        cursor.to = bounds.starts[at + 1]!;
        cursor.bound = partial.bound(list, bounds.greatest[row * bounds.windows + window]! * stretch);
      }
      if (cursor.from < cursor.to) active.push(cursor);
    }
  }

  /** Leaves unread as many postings as the bounds allow; answers with the greatest sum that the unread lists can give. */
  function partition(enough: number): number {
    active.sort((a, b) => a.bound * (b.to - b.from) - b.bound * (a.to - a.from));
    essential = [];
    others = [];
    let rest = 0;
    for (const cursor of active) {
      if (rest + cursor.bound < enough) {
        rest += cursor.bound;
        others.push(cursor);
      } else essential.push(cursor);
    }
    others.sort((a, b) => b.bound - a.bound);
    return rest;
  }

  function readOne(cursor: Cursor, rest: number): void {
    const { list, from, to } = cursor;
    postings += to - from;
    for (let p = from; p < to; p++) consider(docs[p]!, partial.of(list, p), rest);
  }

  function readAll(base: number, rest: number, lift: number): void {
    for (const { list, from, to } of essential) {
      postings += to - from;
      for (let p = from; p < to; p++) {
        const at = docs[p]! - base;
        sums[at]! += partial.of(list, p);
        touched[at >>> 5]! |= 1 << (at & 31);
      }
    }
    for (let word = 0; word < touched.length; word++) {
      let bits = touched[word]!;
      touched[word] = 0;
      while (bits !== 0) {
        const at = (word << 5) + 31 - Math.clz32(bits & -bits);
        bits &= bits - 1;
        const sum = sums[at]!;
        sums[at] = 0;
        if ((sum + rest) * lift >= top.threshold * tolerance) consider(base + at, sum, rest);
      }
    }
  }

  /** `sum` = what the essential lists give; `rest` bounds the others. */
  function consider(doc: number, sum: number, rest: number): void {
    const enough = (top.threshold * tolerance) / scorer.total(1, popularity[doc]!);
    let known = sum;
    let open = rest;
    if (known + open < enough || known + open === 0) return;
    if (filter !== undefined && !hasBit(filter, doc)) return;
    for (const cursor of others) {
      open -= cursor.bound;
      cursor.from = seekDoc(docs, doc, cursor.from, cursor.to);
      if (cursor.from < cursor.to && docs[cursor.from] === doc) known += partial.of(cursor.list, cursor.from);
      if (known + open < enough) return;
    }
    const score = scoreOf(doc);
    if (score > 0) top.offer(doc, score);
  }

  /** Ranking's arithmetic, in the plan's order. */
  function scoreOf(doc: number): number {
    let relevance = 0;
    for (const { list } of cursors) {
      const p = seekDoc(docs, doc, list.start, list.end);
      if (p < list.end && docs[p] === doc) relevance += partial.exact(list, p);
    }
    return scorer.total(relevance, popularity[doc]!);
  }
}
