import Type from 'typebox';
import { Candidate, Statistics } from '../../search/found.ts';
import { PageId, StoredPage } from '../../search/page.ts';
import { Plan } from '../../search/plan.ts';
import { batchOf } from '../../shared/rpc/batched.ts';
import { contract, operation } from '../../shared/rpc/contract.ts';

/**
 * Names what a shard holds: replicas that hold the same say the same, so only answers of one version can be compared.
 */
const DataVersion = Type.String();

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
    summary: 'Pages of one shard by id; unknown ids are left out; `too_large` where they are too long together',
    sharded: true,
    request: Type.Object({ ids: Type.Array(PageId, { maxItems: 1_000 }) }),
    response: Type.Object({ version: DataVersion, pages: Type.Array(StoredPage) }),
  }),
  vocabulary: operation({
    summary: 'Words of one shard as people write them, with the number of pages that hold each: for suggestions',
    sharded: true,
    priority: 'background',
    /**
     * The words come in parts: the first `size` behind `after`, in the order of the store. Fewer than `size` are the
     * last ones.
     */
    request: Type.Object({ after: Type.String(), size: Type.Integer({ minimum: 1, maximum: 10_000 }) }),
    response: Type.Object({
      version: DataVersion,
      words: Type.Array(Type.String()),
      documents: Type.Array(Type.Integer()),
    }),
  }),
});
