import { scorer as createScorer } from '../../../search/bm25f.ts';
import type { PlannedTerm } from '../../../search/plan.ts';
import type { Statistics } from '../../../search/found.ts';
import { hasBit, type Bitset } from './bitset.ts';
import type { Bounds } from './score-bounds.ts';
import { partOf } from './posting-score.ts';
import { seekDoc } from './seek.ts';
import type { Segment } from './segment.ts';
import type { PostingList } from './posting-lists.ts';
import { createTop } from './best-so-far.ts';
import type { Work } from './work.ts';

/** A list inside the window that is being searched. */
interface Cursor {
  readonly i: number;
  readonly start: number;
  readonly end: number;
  /** Its row in the bounds; -1 for a short list. */
  readonly row: number;
  /** Ranking's `upper`: what the term gives where it could not stand more often. */
  readonly upper: number;
  /** What it gives at most to a page of the window. */
  bound: number;
  /** Its postings in the window: [from, to). */
  from: number;
  to: number;
  /** How far it was looked up in the window. */
  at: number;
}

export interface Best {
  readonly docs: readonly number[];
  readonly scores: readonly number[];
  /** What the search did: postings read, windows passed over. */
  readonly postings: number;
  readonly skippedWindows: number;
  /** By term of the plan: how telling it is. */
  readonly weights: Float64Array;
}

export interface BestRequest {
  readonly terms: readonly PlannedTerm[];
  /** In the order of `terms`. */
  readonly lists: readonly PostingList[];
  readonly statistics: Statistics;
  readonly size: number;
  /** Only docs of this set count, where there is one. */
  readonly filter: Bitset | undefined;
}

/**
 * Sums taken in another order than ranking's differ in their last bits: no page is passed over for less than this,
 * relatively.
 */
const tolerance = 1 - 1e-9;

/**
 * Finds the best docs: exactly those that scoring every page would give, in the same order with the same bits.
 *
 * MaxScore (Turtle & Flood 1995) over windows of docs with bounds of their own (block-max: Ding & Suel 2011). In a
 * window, lists whose bounds together cannot lift a page over the worst of the best so far are not read: only pages
 * that stand in another list can get in, and those are looked up in them.
 *
 *     window 0      window 1      window 2
 *     the ==============================   read until enough pages are found, then only looked up
 *     dog   = =    ==   =      ==  =  =    read
 *     leash            =                   a window without it may be skipped whole
 *
 * All sums are upper bounds until a page may get in; then ranking's own arithmetic decides.
 */
export function createBestFinder(segment: Segment, bounds: Bounds): (request: BestRequest) => Work<Best> {
  const { docs } = segment;
  const { impacts, lifts, popularity, windowBits } = bounds;
  const windowSize = 2 ** windowBits;
  // All zero between searches.
  const sums = new Float64Array(windowSize);
  const touched = new Uint32Array(Math.max(1, windowSize / 32));
  // Of the window being searched.
  const active: Cursor[] = [];
  const essential: Cursor[] = [];
  const others: Cursor[] = [];

  return function* findBest({ terms, lists, statistics, size, filter }) {
    const scorer = createScorer(terms, statistics);
    const documents = Math.max(statistics.documents, 1);
    const shares = bounds.shares(statistics.fieldLengths.map((length) => Math.max(length, 1) / documents));
    const top = createTop(size);
    const cursors = lists.filter((list) => list.start < list.end).map(openCursor);
    // What gives little and costs much comes first: it is the first to be left unread, and the last to be looked up.
    const byWorth = cursors.toSorted((a, b) => a.upper * (b.end - b.start) - b.upper * (a.end - a.start));
    let postings = 0;
    let skippedWindows = 0;
    let steps = 0;

    for (let window = 0; window < bounds.windows; window++) {
      steps = cursors.length;
      const before = postings;
      searchWindow(window);
      // What windows share (`sums`, `active`, ...) is free again: another search may go on here.
      yield steps + postings - before;
    }
    return { ...top.take(), postings, skippedWindows, weights: scorer.upper };

    function openCursor({ i, t, start, end }: PostingList): Cursor {
      const upper = scorer.upper[i]!;
      const row = bounds.rows.get(t) ?? -1;
      let greatest = 0;
      if (row === -1) for (let p = start; p < end; p++) greatest = Math.max(greatest, impacts[p]!);
      return { i, start, end, row, upper, bound: upper * shares[greatest]!, from: start, to: start, at: start };
    }

    function searchWindow(window: number): void {
      const base = window << windowBits;
      enter(window, base);
      if (active.length === 0) return;
      const enough = (top.threshold * tolerance) / lifts[bounds.windowPopularity[window]!]!;
      const rest = partition(enough);
      if (essential.length === 0) skippedWindows++;
      else if (essential.length === 1) readOne(essential[0]!, rest, enough);
      else readAll(base, rest, enough);
    }

    /** Moves every cursor into the window; those with postings there become `active`. */
    function enter(window: number, base: number): void {
      active.length = 0;
      for (const cursor of byWorth) {
        const { row } = cursor;
        if (row === -1) {
          cursor.from = cursor.to;
          cursor.to = seekDoc(docs, base + windowSize, cursor.from, cursor.end);
        } else {
          const at = row * (bounds.windows + 1) + window;
          cursor.from = bounds.starts[at]!;
          cursor.to = bounds.starts[at + 1]!;
          cursor.bound = cursor.upper * shares[bounds.greatest[row * bounds.windows + window]!]!;
        }
        cursor.at = cursor.from;
        if (cursor.from < cursor.to) active.push(cursor);
      }
    }

    /**
     * Leaves unread as many postings as the bounds allow; answers with the greatest sum that the unread lists can give.
     */
    function partition(enough: number): number {
      essential.length = 0;
      others.length = 0;
      let rest = 0;
      for (const cursor of active) {
        if (rest + cursor.bound < enough) {
          rest += cursor.bound;
          others.push(cursor);
        } else essential.push(cursor);
      }
      return rest;
    }

    function readOne({ upper, from, to }: Cursor, rest: number, enough: number): void {
      postings += to - from;
      for (let p = from; p < to; p++) {
        const most = upper * shares[impacts[p]!]! + rest;
        if (most >= enough && most * lifts[popularity[docs[p]!]!]! >= top.threshold * tolerance)
          consider(docs[p]!, most);
      }
    }

    function readAll(base: number, rest: number, enough: number): void {
      for (const { upper, from, to } of essential) {
        postings += to - from;
        for (let p = from; p < to; p++) {
          const at = docs[p]! - base;
          sums[at]! += upper * shares[impacts[p]!]!;
          touched[at >>> 5]! |= 1 << (at & 31);
        }
      }
      for (let word = 0; word < touched.length; word++) {
        let bits = touched[word]!;
        touched[word] = 0;
        while (bits !== 0) {
          const at = (word << 5) + 31 - Math.clz32(bits & -bits);
          bits &= bits - 1;
          const most = sums[at]! + rest;
          sums[at] = 0;
          if (most >= enough && most * lifts[popularity[base + at]!]! >= top.threshold * tolerance)
            consider(base + at, most);
        }
      }
    }

    /**
     * The essential lists give `doc` their sum, the others at most `rest`: `bound` is both. Docs must come in ascending
     * order.
     */
    function consider(doc: number, bound: number): void {
      if (filter !== undefined && !hasBit(filter, doc)) return;
      const enough = (top.threshold * tolerance) / lifts[popularity[doc]!]!;
      let most = bound;
      for (let i = others.length - 1; i >= 0; i--) {
        const cursor = others[i]!;
        most -= cursor.bound;
        steps++;
        if (lookUp(cursor, doc)) most += cursor.upper * shares[impacts[cursor.at]!]!;
        if (most < enough) return;
      }
      const score = scoreOf(doc);
      if (score > 0) top.offer(doc, score);
    }

    function lookUp(cursor: Cursor, doc: number): boolean {
      cursor.at = seekDoc(docs, doc, cursor.at, cursor.to);
      return cursor.at < cursor.to && docs[cursor.at] === doc;
    }

    /** Ranking's arithmetic, in the plan's order. */
    function scoreOf(doc: number): number {
      let relevance = 0;
      steps += cursors.length;
      for (const cursor of cursors) if (lookUp(cursor, doc)) relevance += partOf(segment, scorer, cursor.i, cursor.at);
      return scorer.total(relevance, segment.popularity[doc]!);
    }
  };
}
