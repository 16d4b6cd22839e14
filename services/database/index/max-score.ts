import { scorer as createScorer } from '../../../search/bm25f.ts';
import type { PlannedTerm } from '../../../search/plan.ts';
import type { Statistics } from '../../../search/find-result.ts';
import { hasBit, type Bitset } from './bitset.ts';
import type { Bounds } from './score-bounds.ts';
import { termScoreOf } from './posting-score.ts';
import { seekDoc } from './seek.ts';
import type { Segment } from './segment.ts';
import type { PostingList } from './posting-lists.ts';
import { createTop } from './best-so-far.ts';
import type { Work } from '../../../shared/time/work.ts';

/** A posting list and its part in the current window. */
interface Cursor {
  readonly i: number;
  readonly start: number;
  readonly end: number;
  /** The row of the list in the bounds; -1 for a short list. */
  readonly row: number;
  /** The upper bound of the term's score in any page: `upper` of the scorer (search/bm25f.ts). */
  readonly upper: number;
  /** The upper bound of the term's score in the current window. */
  bound: number;
  /** The postings of the list in the current window: [from, to). */
  from: number;
  to: number;
  /** The place of the latest lookup in the window; docs are looked up in ascending order. */
  at: number;
}

export interface Best {
  readonly docs: readonly number[];
  readonly scores: readonly number[];
  /** The numbers of postings that were read and of windows that were skipped. */
  readonly postings: number;
  readonly skippedWindows: number;
  /** The weight of each term of the plan: the greatest score that it can give. */
  readonly weights: Float64Array;
}

export interface BestRequest {
  readonly terms: readonly PlannedTerm[];
  /** One list for each term, in the order of `terms`. */
  readonly lists: readonly PostingList[];
  readonly statistics: Statistics;
  readonly size: number;
  /** If defined, only docs of this set count. */
  readonly filter: Bitset | undefined;
}

/**
 * The search adds parts in another order than ranking, so sums differ in their last bits. A page is skipped only when
 * its bound is below the threshold by more than this relative tolerance.
 */
const tolerance = 1 - 1e-9;

/**
 * Finds the best docs. The result equals that of scoring every page: the same docs and order, and the same bits in the
 * scores.
 *
 * MaxScore (Turtle & Flood 1995) over windows of docs; each window has its own bounds (block-max: Ding & Suel 2011).
 * The threshold is the score of the worst of the best docs so far. In each window the lists are divided in two. The
 * bounds of the non-essential lists together are below the threshold. So a page that is only in non-essential lists
 * cannot be among the best, and these lists are not read. They are only looked up for pages of the essential lists.
 *
 *     window 0      window 1      window 2
 *     the ==============================   essential until enough pages are found, then only looked up
 *     dog   = =    ==   =      ==  =  =    read
 *     leash            =                   a window without it may be skipped
 *
 * All sums are upper bounds. When a page may be among the best, the scorer computes its exact score.
 */
export function createBestFinder(segment: Segment, bounds: Bounds): (request: BestRequest) => Work<Best> {
  const { docs } = segment;
  const { impacts, lifts, popularity, windowBits } = bounds;
  const windowSize = 2 ** windowBits;
  // Invariant: all zero between two windows.
  const sums = new Float64Array(windowSize);
  const touched = new Uint32Array(Math.max(1, windowSize / 32));
  // The cursors of the current window.
  const active: Cursor[] = [];
  const essential: Cursor[] = [];
  const others: Cursor[] = [];

  return function* findBest({ terms, lists, statistics, size, filter }) {
    const scorer = createScorer(terms, statistics);
    const documents = Math.max(statistics.documents, 1);
    const shares = bounds.shares(statistics.fieldLengths.map((length) => Math.max(length, 1) / documents));
    const top = createTop(size);
    const cursors = lists.filter((list) => list.start < list.end).map(openCursor);
    // Lists that give little and cost much come first: they become non-essential first and are looked up last.
    const byWorth = cursors.toSorted((a, b) => a.upper * (b.end - b.start) - b.upper * (a.end - a.start));
    let postings = 0;
    let skippedWindows = 0;
    let steps = 0;

    for (let window = 0; window < bounds.windows; window++) {
      steps = cursors.length;
      const before = postings;
      searchWindow(window);
      // The shared state (`sums`, `active`, ...) holds nothing between two windows, so another search may run here.
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

    /** Moves every cursor to the window. `active` = the cursors with postings there. */
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
     * Divides the active lists into essential ones and others (non-essential). Returns the greatest sum that the others
     * can give.
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
     * Scores `doc` if it may be among the best. `bound` = its sum over the essential lists and the bounds of the
     * others. Docs must come in ascending order.
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

    /** The exact score: the parts are added in the plan's order, as in ranking. */
    function scoreOf(doc: number): number {
      let relevance = 0;
      steps += cursors.length;
      for (const cursor of cursors)
        if (lookUp(cursor, doc)) relevance += termScoreOf(segment, scorer, cursor.i, cursor.at);
      return scorer.total(relevance, segment.popularity[doc]!);
    }
  };
}
