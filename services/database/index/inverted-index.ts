import type { QueryPlan } from '../../../search/plan.ts';
import type { Statistics } from '../../../search/find-result.ts';
import { nameLength } from '../../../search/names.ts';
import { createBestFinder } from './max-score.ts';
import { createBounds, fieldLengths, type Grain } from './score-bounds.ts';
import { countOf } from './packed-counts.ts';
import { createMatching } from './matching.ts';
import { bestPlace } from './best-passage.ts';
import { seekDoc } from './seek.ts';
import { segmentBytes, type Segment } from './segment.ts';
import { documentFrequency, postingList, type PostingList } from './posting-lists.ts';
import { finish, type Work } from '../../../shared/time/work.ts';

export interface Found {
  /** The exact number of docs that match. */
  readonly total: number;
  /** The statistics of this segment. */
  readonly statistics: Statistics;
  /** Best first. */
  readonly hits: readonly Hit[];
  readonly postings: number;
  readonly skippedWindows: number;
  /** The place in the body of a hit where the best passage of `reach` characters starts (best-passage.ts). */
  readonly placeInBody: (hit: Hit, body: string, reach: number) => Work<number>;
}

export interface Hit {
  readonly doc: number;
  readonly score: number;
  /** As in a candidate (search/find-result.ts). For a term that names a field, the counts of the other fields are 0. */
  readonly frequencies: number[];
  readonly lengths: [number, number, number];
}

/** A segment that can be searched. */
export interface InvertedIndex {
  readonly segment: Segment;
  readonly bytes: number;
  /** `believed` = the statistics of all shards; when undefined, those of this segment are used. */
  readonly find: (plan: QueryPlan, size: number, believed: Statistics | undefined) => Found;
  /** Like `find`, but works in pieces. */
  readonly findInPieces: (plan: QueryPlan, size: number, believed: Statistics | undefined) => Work<Found>;
}

/** The number of hits whose frequencies one piece of work looks up. */
const hitsPerPiece = 64;

export function createInvertedIndex(segment: Segment, grain?: Grain): InvertedIndex {
  const bounds = createBounds(segment, grain);
  const findBest = createBestFinder(segment, bounds);
  const matching = createMatching(segment);
  const lengths = fieldLengths(segment);

  function hit(doc: number, score: number, lists: readonly PostingList[]): Hit {
    const frequencies = Array<number>(lists.length * 3).fill(0);
    for (const { i, start, end, within } of lists) {
      const p = seekDoc(segment.docs, doc, start, end);
      if (p === end || segment.docs[p] !== doc) continue;
      for (const field of [0, 1, 2] as const) {
        if (within !== 'anywhere' && within !== field) continue;
        const count = countOf(segment, p, field);
        frequencies[i * 3 + field] = field === 0 ? nameLength(count) : count;
      }
    }
    const at = doc * 3;
    return {
      doc,
      score,
      frequencies,
      lengths: [segment.lengths[at]!, segment.lengths[at + 1]!, segment.lengths[at + 2]!],
    };
  }

  function* findInPieces(plan: QueryPlan, size: number, believed: Statistics | undefined): Work<Found> {
    const lists = plan.terms.map((term, i) => postingList(segment, term, i));
    const frequencies: number[] = [];
    for (const list of lists) frequencies.push(yield* documentFrequency(segment, list));
    const statistics: Statistics = { documents: segment.documents, fieldLengths: [...lengths], frequencies };
    const filter = yield* matching.filter(plan);
    const best = yield* findBest({ terms: plan.terms, lists, statistics: believed ?? statistics, size, filter });
    const total = yield* matching.count(lists, filter);
    const hits: Hit[] = [];
    for (const [i, doc] of best.docs.entries()) {
      hits.push(hit(doc, best.scores[i]!, lists));
      if (hits.length % hitsPerPiece === 0) yield hitsPerPiece * lists.length;
    }
    return {
      total,
      statistics,
      hits,
      postings: best.postings,
      skippedWindows: best.skippedWindows,
      placeInBody: ({ doc }, body, reach) => bestPlace(segment, lists, best.weights, doc, body, reach),
    };
  }

  return {
    segment,
    bytes: segmentBytes(segment) + bounds.impacts.byteLength + bounds.starts.byteLength + bounds.greatest.byteLength,
    findInPieces,
    find: (plan, size, believed) => finish(findInPieces(plan, size, believed)),
  };
}
