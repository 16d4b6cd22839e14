import Type, { type Static } from 'typebox';
import { PageId } from './page.ts';

/** A word has 64 characters at most, and the term of a whole name has 16 words. */
export const maxTermLength = 1_100;
/** The parts of one term hold at most this many pages together, because they cross the network as a whole. */
export const maxPartPages = 10_000;
/**
 * The most numbers in `positions` and `anchors` of all parts of one term together. A word of a short text has one or
 * two positions on each page.
 */
export const maxPartPositions = 100_000;

const Count = Type.Integer({ minimum: 0 });

/**
 * The part of the index of one shard that belongs to one term. A client collects the parts of all terms of a plan from
 * all shards. Together they are an index that answers this plan exactly (services/database/index/assemble.ts). Pages
 * are in the order of their ids. `documents` and `fieldLengths` are the statistics of the whole shard (find-result.ts).
 *
 * Of each page: `lengths` has three numbers, `popularity` one, `counts` four. The four are the code of the shortest
 * name that holds the term (names.ts), and the numbers of its positions in the names, the keywords and the body.
 * `positions` has the positions themselves, page after page. `anchors` has only the pages with a long body: the index
 * of the page, then pairs of a position and its place in the body.
 */
export const IndexPart = Type.Object({
  documents: Count,
  fieldLengths: Type.Array(Count, { minItems: 3, maxItems: 3 }),
  ids: Type.Array(PageId, { maxItems: maxPartPages }),
  lengths: Type.Array(Count, { maxItems: 3 * maxPartPages }),
  popularity: Type.Array(Type.Number({ minimum: 0, maximum: 1 }), { maxItems: maxPartPages }),
  counts: Type.Array(Count, { maxItems: 4 * maxPartPages }),
  positions: Type.Array(Count, { maxItems: maxPartPositions }),
  anchors: Type.Array(Type.Array(Count, { minItems: 3 }), { maxItems: maxPartPages }),
});
export type IndexPart = Static<typeof IndexPart>;
