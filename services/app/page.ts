import { nearest, type Neighbours } from '../../search/neighbours.ts';
import type { Page } from '../../search/page.ts';
import { shardOf } from '../../search/sharding.ts';
import type { Context } from '../../shared/rpc/context.ts';
import { RpcError } from '../../shared/rpc/errors.ts';
import type { Upstream } from '../../shared/rpc/upstream.ts';
import type { Scheduler } from '../../shared/time/scheduler.ts';
import type { database } from '../database/contract.ts';

type Database = Pick<Upstream<typeof database>, 'pages' | 'neighbours' | 'popularity'>;

interface PageTiers {
  readonly database: Database;
  readonly shards: number;
  readonly scheduler: Scheduler;
}

/** Neighbours that are shown on each side of a page. */
const shownNeighbours = 3;
/**
 * How long the application server waits for the neighbours and the popularity when the page itself has arrived, ms. One
 * hung shard must not delay the pages of the other shards.
 */
const patienceMs = 100;

/** A page without its surroundings; throws `not_found`. */
export async function pageAlone(
  { database, shards }: { readonly database: Pick<Database, 'pages'>; readonly shards: number },
  id: string,
  context: Context,
) {
  const { pages } = await database.pages({ ids: [id] }, context, { shard: shardOf(id, shards) });
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
export async function pageInItsPlace(tiers: PageTiers, id: string, context: Context) {
  const { database, shards, scheduler } = tiers;
  const giveUp = new AbortController();
  const onAbort = (): void => giveUp.abort(context.signal.reason);
  context.signal.addEventListener('abort', onAbort, { once: true });
  const around: Context = { ...context, signal: giveUp.signal };
  const neighbours = Promise.all(
    Array.from({ length: shards }, (_, i) =>
      database.neighbours({ id, size: shownNeighbours }, around, { shard: i + 1 }),
    ),
  ).then((parts) => nearest(parts, shownNeighbours), leftOut<Neighbours>);
  const popularity = database
    .popularity({ id }, around, { shard: shardOf(id, shards) })
    .then((answer) => answer.popularity, leftOut<number>);
  const surroundings = Promise.all([neighbours, popularity]);
  // When the page fails, nobody waits for these promises. Without a handler, their rejection would end the process.
  surroundings.catch(() => undefined);
  try {
    const page = await pageAlone(tiers, id, context);
    const timer = scheduler.after(patienceMs, () =>
      giveUp.abort(new RpcError('cancelled', 'the page waits no longer for its surroundings')),
    );
    const [beside, popular] = await surroundings.finally(() => timer.cancel());
    if (around.staleMs !== undefined) context.staleMs = Math.max(context.staleMs ?? 0, around.staleMs);
    return {
      page,
      ...(beside !== undefined && { neighbours: beside }),
      ...(popular !== undefined && { popularity: popular }),
    };
  } finally {
    context.signal.removeEventListener('abort', onAbort);
    giveUp.abort(new RpcError('cancelled', 'the page was answered'));
  }
}

/** Leaves out what a failed call would have given. Any other exception is a defect. */
function leftOut<T>(thrown: unknown): T | undefined {
  if (!(thrown instanceof RpcError)) throw thrown;
  return undefined;
}
