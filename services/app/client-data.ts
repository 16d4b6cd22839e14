import { shardOf } from '../../search/sharding.ts';
import type { IndexPart } from '../../search/index-part.ts';
import { clientDepth } from '../../search/limits.ts';
import type {
  CandidatesRequest,
  CandidatesResponse,
  PartsRequest,
  PartsResponse,
  TextsRequest,
  TextsResponse,
} from '../../search/client-requests.ts';
import type { Context } from '../../shared/rpc/context.ts';
import type { Upstream } from '../../shared/rpc/upstream.ts';
import type { database } from '../database/contract.ts';
import { checkPartSize } from '../database/index/part.ts';
import { checkLength } from '../database/read-pages.ts';
import { findAcrossShards } from '../database/scatter.ts';
import type { query } from '../query/contract.ts';

interface Tiers {
  readonly query: Pick<Upstream<typeof query>, 'plan'>;
  readonly database: Pick<Upstream<typeof database>, 'find' | 'postings' | 'pages'>;
}

/** The operations for fat clients. They leave out the tiers that such a client runs itself. */
export function clientData({ query, database }: Tiers, shards: number) {
  return {
    async candidates({ q }: CandidatesRequest, context: Context): Promise<CandidatesResponse> {
      const planned = await query.plan({ q }, context);
      const found = await findAcrossShards(database, shards, { plan: planned.plan, size: clientDepth }, context);
      return { ...planned, found };
    },

    async parts({ term }: PartsRequest, context: Context): Promise<PartsResponse> {
      const numbers = Array.from({ length: shards }, (_, i) => i + 1);
      const answers = await Promise.all(numbers.map((shard) => database.postings({ term }, context, { shard })));
      const parts = answers.map(({ part }) => part);
      // Each shard has checked its own part only.
      const sum = (count: (part: IndexPart) => number) => parts.reduce((total, part) => total + count(part), 0);
      const pages = sum(({ ids }) => ids.length);
      const positions = sum((part) => part.anchors.reduce((n, { length }) => n + length - 1, part.positions.length));
      checkPartSize(term, pages, positions);
      return { parts, versions: Object.fromEntries(answers.map(({ version }, i) => [i + 1, version])) };
    },

    async texts({ ids }: TextsRequest, context: Context): Promise<TextsResponse> {
      const byShard = Map.groupBy(ids, (id) => shardOf(id, shards));
      const answers = await Promise.all(
        [...byShard].map(async ([shard, own]) => ({
          shard,
          ...(await database.pages({ ids: own }, context, { shard })),
        })),
      );
      const pages = answers.flatMap((part) => part.pages.map(({ id, title, url, body }) => ({ id, title, url, body })));
      // Each shard has checked its own pages only.
      const characters = pages.reduce((sum, { title, body }) => sum + title.length + body.length, 0);
      checkLength(pages.length, characters);
      return { pages, versions: Object.fromEntries(answers.map(({ shard, version }) => [shard, version])) };
    },
  };
}
