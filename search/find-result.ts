import Type, { type Static } from 'typebox';
import { PageId } from './page.ts';

/**
 * Corpus statistics over the pages of one shard, or of all shards. Arrays are indexed by field [title, keywords, body];
 * the title field counts the first name only. `frequencies[i]` = how many pages hold term i of the plan (in its field,
 * if the term names one). Sums over shards are exact, so a sharded search ranks like a single index.
 */
export const Statistics = Type.Object({
  documents: Type.Integer({ minimum: 0 }),
  fieldLengths: Type.Array(Type.Integer({ minimum: 0 }), { minItems: 3, maxItems: 3 }),
  frequencies: Type.Array(Type.Integer({ minimum: 0 })),
});
export type Statistics = Static<typeof Statistics>;

/**
 * One page that may be among the best. `frequencies` has three numbers for term i of the plan, from [i * 3]: the length
 * of the shortest name that holds the term (0 = none; names.ts), its count in the keywords, and its count in the body.
 * `lengths` = numbers of terms in the first name, the keywords and the body. `popularity` lies in [0, 1]. `passage` =
 * the part of the body that fits the query best.
 */
export const Candidate = Type.Object({
  id: PageId,
  title: Type.String(),
  url: Type.String(),
  passage: Type.String(),
  frequencies: Type.Array(Type.Number({ minimum: 0 })),
  lengths: Type.Array(Type.Integer({ minimum: 0 }), { minItems: 3, maxItems: 3 }),
  popularity: Type.Number({ minimum: 0, maximum: 1 }),
});
export type Candidate = Static<typeof Candidate>;

/** The merged answer of all shards. `statistics` are global; `total` counts all matching pages. */
export const FindResult = Type.Object({
  total: Type.Integer({ minimum: 0 }),
  statistics: Statistics,
  candidates: Type.Array(Candidate),
});
export type FindResult = Static<typeof FindResult>;
