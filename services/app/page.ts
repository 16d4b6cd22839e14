import { nearest, type Neighbours } from '../../search/neighbours.ts';
import type { Page } from '../../search/page.ts';
import { shardOf } from '../../search/sharding.ts';
import type { Context } from '../../shared/rpc/context.ts';
import { RpcError } from '../../shared/rpc/errors.ts';
import type { Upstream } from '../../shared/rpc/upstream.ts';
import type { database } from '../database/contract.ts';

type Database = Pick<Upstream<typeof database>, 'pages' | 'neighbours' | 'popularity'>;

/** Neighbours that are shown on each side of a page. */
const shownNeighbours = 3;

/** A page without its surroundings; throws `not_found`. */
export async function pageAlone(tier: Pick<Database, 'pages'>, shards: number, id: string, context: Context) {
  const { pages } = await tier.pages({ ids: [id] }, context, { shard: shardOf(id, shards) });
  const [stored] = pages;
  if (!stored) throw new RpcError('not_found', `there is no page "${id}"`);
  const { version: _version, signature: _signature, ...page } = stored;
  return page satisfies Page;
}

/**
 * A page with the titles of its neighbours and its popularity. No call needs the answer of another one, so all are made
 * at the same time, and the slowest one counts.
 *
 *     app --+--> database.pages        the shard of the page
 *           +--> database.popularity   the same shard
 *           +--> database.neighbours   x shards
 *
 * Only the page itself must be there: a page without its surroundings is better than no page.
 */
export async function pageInItsPlace(tier: Database, shards: number, id: string, context: Context) {
  const neighbours = Promise.all(
    Array.from({ length: shards }, (_, i) => tier.neighbours({ id, size: shownNeighbours }, context, { shard: i + 1 })),
  ).then((parts) => nearest(parts, shownNeighbours), leftOut<Neighbours>);
  const popularity = tier
    .popularity({ id }, context, { shard: shardOf(id, shards) })
    .then((answer) => answer.popularity, leftOut<number>);
  const [page, beside, popular] = await Promise.all([pageAlone(tier, shards, id, context), neighbours, popularity]);
  return {
    page,
    ...(beside !== undefined && { neighbours: beside }),
    ...(popular !== undefined && { popularity: popular }),
  };
}

/** Any failure of a call; other exceptions are defects. */
function leftOut<T>(thrown: unknown): T | undefined {
  if (!(thrown instanceof RpcError)) throw thrown;
  return undefined;
}
