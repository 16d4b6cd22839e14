import Type from 'typebox';
import { fields } from '../../search/fields.ts';
import { Candidate, Statistics } from '../../search/find-result.ts';
import { Neighbours } from '../../search/neighbours.ts';
import { IndexPart, maxTermLength } from '../../search/index-part.ts';
import { PageId, StoredPage } from '../../search/page.ts';
import { QueryPlan } from '../../search/plan.ts';
import { batchOperation } from '../../shared/rpc/batched.ts';
import { contract, operation, type Introduction } from '../../shared/rpc/contract.ts';

/**
 * Identifies the content of a shard. Replicas with equal content have equal versions, so only answers of one version
 * can be compared.
 */
const DataVersion = Type.String();

const find = operation({
  summary: 'The best candidates of one shard, with the numbers that ranking needs',
  sharded: true,
  request: Type.Object({
    plan: QueryPlan,
    size: Type.Integer({ minimum: 1, maximum: 1_000 }),
    /**
     * The caller's belief about the statistics of all shards. If it is true, the shard chooses exact candidates
     * (scatter.ts).
     */
    statistics: Type.Optional(Statistics),
  }),
  response: Type.Object({
    total: Type.Integer({ minimum: 0 }),
    /** The statistics of this shard. The caller adds those of all shards and compares the sum with its belief. */
    statistics: Statistics,
    candidates: Type.Array(Candidate),
    version: DataVersion,
  }),
  mismatch({ plan: { terms }, size }, { statistics, candidates }) {
    if (candidates.length > size) return `it has ${candidates.length} candidates, and ${size} were asked for`;
    if (statistics.frequencies.length !== terms.length) return 'its statistics are of another plan';
    const other = candidates.find(({ frequencies }) => frequencies.length !== fields.length * terms.length);
    return other && `the frequencies of page ${other.id} are of another plan`;
  },
});

const about: Introduction = {
  component: 'database',
  purpose: 'Holds the pages and the inverted index; finds candidates in its shard.',
};

export const database = contract(about, {
  find,
  findMany: batchOperation('find', find),
  pages: operation({
    summary: 'Pages of one shard by id, without unknown ids; `too_large` when the pages together are too long',
    sharded: true,
    request: Type.Object({ ids: Type.Array(PageId, { maxItems: 1_000 }) }),
    response: Type.Object({ version: DataVersion, pages: Type.Array(StoredPage) }),
  }),
  neighbours: operation({
    summary: 'The pages of one shard before and after an id, in the order of ids',
    sharded: true,
    request: Type.Object({ id: PageId, size: Type.Integer({ minimum: 1, maximum: 20 }) }),
    response: Type.Object({ version: DataVersion, ...Neighbours.properties }),
  }),
  popularity: operation({
    summary: 'How popular a page of one shard is, from 0 to 1; absent for an unknown id',
    sharded: true,
    request: Type.Object({ id: PageId }),
    response: Type.Object({ version: DataVersion, popularity: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })) }),
  }),
  postings: operation({
    summary: 'The part of the index of one shard that belongs to one term; `too_costly` when it is too large to send',
    sharded: true,
    request: Type.Object({ term: Type.String({ maxLength: maxTermLength }) }),
    response: Type.Object({ version: DataVersion, part: IndexPart }),
  }),
  vocabulary: operation({
    summary: 'Words of one shard before stemming, with the number of pages that hold each, for suggestions',
    sharded: true,
    priority: 'background',
    /**
     * One part of the words: the first `size` after the word `after`, in the order of the store. A part with fewer than
     * `size` words is the last one.
     */
    request: Type.Object({ after: Type.String(), size: Type.Integer({ minimum: 1, maximum: 10_000 }) }),
    response: Type.Object({
      version: DataVersion,
      words: Type.Array(Type.String()),
      documents: Type.Array(Type.Integer()),
    }),
    mismatch: (_request, { words, documents }) =>
      words.length === documents.length ? undefined : 'it does not have one number of pages for each word',
  }),
});
