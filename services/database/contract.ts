import Type, { type Static } from 'typebox';
import { batchOf } from '../../shared/rpc/batched.ts';
import { contract, operation } from '../../shared/rpc/contract.ts';
import { Plan } from '../query/plan.ts';

export const PageId = Type.String({ pattern: '^[A-Za-z0-9._~-]{1,128}$' });

export const Link = Type.Object({ id: PageId, title: Type.String(), relation: Type.String() });
export type Link = Static<typeof Link>;

/** A page as a reader gets it. */
export const Page = Type.Object({
  id: PageId,
  title: Type.String(),
  body: Type.String(),
  keywords: Type.Array(Type.String()),
  /** Where it came from; `/page/<id>` for pages that have no address of their own. */
  url: Type.String(),
  links: Type.Array(Link),
});
export type Page = Static<typeof Page>;

/** A page as it is stored: whoever wrote it signed it at its version. Readers that hold the key check that (shared/security/page-check.ts). */
export const StoredPage = Type.Object({
  ...Page.properties,
  version: Type.Integer({ minimum: 1 }),
  signature: Type.Optional(Type.String()),
});
export type StoredPage = Static<typeof StoredPage>;

/** Names what a shard holds: replicas that hold the same say the same, so only answers of one version can be compared. */
const DataVersion = Type.String();

/**
 * Corpus statistics over the pages of one shard, or of all. Arrays by field run [title, keywords, body];
 * `frequencies[i]` = how many pages hold term i of the plan (in its field, where it names one).
 * Sums over shards are exact, so a sharded search ranks like one index.
 */
export const Statistics = Type.Object({
  documents: Type.Integer({ minimum: 0 }),
  fieldLengths: Type.Array(Type.Integer({ minimum: 0 }), { minItems: 3, maxItems: 3 }),
  frequencies: Type.Array(Type.Integer({ minimum: 0 })),
});
export type Statistics = Static<typeof Statistics>;

/**
 * One page that may be among the best. `frequencies` = the count of term i of the plan in field f at [i * 3 + f];
 * `lengths` = tokens by field; `popularity` in [0, 1]; `passage` = the part of the body that fits the query best.
 */
export const Candidate = Type.Object({
  id: PageId,
  title: Type.String(),
  url: Type.String(),
  passage: Type.String(),
  frequencies: Type.Array(Type.Integer({ minimum: 0 })),
  lengths: Type.Array(Type.Integer({ minimum: 0 }), { minItems: 3, maxItems: 3 }),
  popularity: Type.Number({ minimum: 0, maximum: 1 }),
});
export type Candidate = Static<typeof Candidate>;

/** What all shards together found: `statistics` are global; `total` counts all matching pages. */
export const FindResult = Type.Object({
  total: Type.Integer({ minimum: 0 }),
  statistics: Statistics,
  candidates: Type.Array(Candidate),
});
export type FindResult = Static<typeof FindResult>;

const find = operation({
  summary: 'The best candidates of one shard, with what ranking needs to order them',
  sharded: true,
  request: Type.Object({
    plan: Plan,
    size: Type.Integer({ minimum: 1, maximum: 1_000 }),
    /** The caller's belief about all shards. The choice of candidates is exact when it is true (see scatter.ts). */
    statistics: Type.Optional(Statistics),
  }),
  response: Type.Object({
    total: Type.Integer({ minimum: 0 }),
    /** This shard's own part: the caller adds the parts up and sees whether its belief was true. */
    statistics: Statistics,
    candidates: Type.Array(Candidate),
    version: DataVersion,
  }),
});

export const database = contract('database', {
  find,
  findMany: batchOf('find', find),
  pages: operation({
    summary: 'Pages of one shard by id; unknown ids are left out',
    sharded: true,
    request: Type.Object({ ids: Type.Array(PageId, { maxItems: 1_000 }) }),
    response: Type.Object({ version: DataVersion, pages: Type.Array(StoredPage) }),
  }),
  vocabulary: operation({
    summary: 'The words of one shard as people write them, with the number of pages that hold each: for suggestions',
    sharded: true,
    priority: 'background',
    request: Type.Object({}),
    response: Type.Object({
      version: DataVersion,
      words: Type.Array(Type.String()),
      documents: Type.Array(Type.Integer()),
    }),
  }),
});
