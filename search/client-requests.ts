import Type, { type Static } from 'typebox';
import { FindResult } from './find-result.ts';
import { IndexPart, maxTermLength } from './index-part.ts';
import { PageId } from './page.ts';
import { clientDepth, maxQueryLength, maxWords } from './limits.ts';
import { QueryPlan } from './plan.ts';

/**
 * The requests of clients that hold more of the application than the user interface, and their answers. Gateway and
 * application server pass them on to the first tier that is not part of the client.
 */

export const CandidatesRequest = Type.Object({ q: Type.String({ maxLength: maxQueryLength }) });
export type CandidatesRequest = Static<typeof CandidatesRequest>;
/** The plan of the query, and its best `clientDepth` candidates of each shard, not in order. */
export const CandidatesResponse = Type.Object({
  plan: QueryPlan,
  suggestion: Type.Optional(Type.String()),
  found: FindResult,
});
export type CandidatesResponse = Static<typeof CandidatesResponse>;

export const PartsRequest = Type.Object({ term: Type.String({ minLength: 1, maxLength: maxTermLength }) });
export type PartsRequest = Static<typeof PartsRequest>;
/** The parts of the index that belong to one term: one for each shard. */
export const PartsResponse = Type.Object({
  parts: Type.Array(IndexPart),
  /** The version of each shard that answered, by its number. */
  versions: Type.Record(Type.String(), Type.String()),
});
export type PartsResponse = Static<typeof PartsResponse>;

export const TextsRequest = Type.Object({
  ids: Type.Array(PageId, { minItems: 1, maxItems: clientDepth, uniqueItems: true }),
});
export type TextsRequest = Static<typeof TextsRequest>;
export const PageText = Type.Object({
  id: PageId,
  title: Type.String(),
  url: Type.String(),
  body: Type.String(),
});
export type PageText = Static<typeof PageText>;
/** Pages without their links; unknown ids are left out. */
export const TextsResponse = Type.Object({
  pages: Type.Array(PageText),
  versions: PartsResponse.properties.versions,
});
export type TextsResponse = Static<typeof TextsResponse>;

export const WordsRequest = Type.Object({
  from: Type.Integer({ minimum: 0 }),
  size: Type.Integer({ minimum: 1, maximum: maxWords }),
});
export type WordsRequest = Static<typeof WordsRequest>;
/** The words from number `from` on, ascending, and how many pages hold each. `total` counts all words. */
export const WordsResponse = Type.Object({
  total: Type.Integer({ minimum: 0 }),
  words: Type.Array(Type.String()),
  documents: Type.Array(Type.Integer({ minimum: 0 })),
});
export type WordsResponse = Static<typeof WordsResponse>;
