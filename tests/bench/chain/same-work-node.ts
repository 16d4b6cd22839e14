import path from 'node:path';
import pino from 'pino';
import type { Making } from '../../../search/making.ts';
import { shardFolder, shardOf } from '../../../search/sharding.ts';
import type { UserSearchRequest, UserSearchResponse } from '../../../search/user-requests.ts';
import { searchObjectBased, type SearchTiers } from '../../../services/app/search.ts';
import type { database } from '../../../services/database/contract.ts';
import { createFinder } from '../../../services/database/finder.ts';
import { finish } from '../../../shared/time/work.ts';
import { openShard } from '../../../services/database/open.ts';
import type { html } from '../../../services/html/contract.ts';
import { resultsPage, type Surroundings } from '../../../services/html/results.ts';
import { parse } from '../../../services/query/parse.ts';
import { didYouMean } from '../../../services/query/spelling.ts';
import { buildVocabulary } from '../../../services/query/vocabulary.ts';
import type { ranking } from '../../../services/ranking/contract.ts';
import { rank } from '../../../services/ranking/rank.ts';
import type { Context } from '../../../shared/rpc/context.ts';
import type { RequestOf } from '../../../shared/rpc/contract.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { loadAssets } from '../../../web/assets.ts';
import { defaultPageSize } from '../../../web/urls.ts';
import { benchContext } from '../caller.ts';
import { caller, nodeArguments, serve, type Answer, type Message } from './chain-node.ts';

/**
 * One process of the same-work chain: it calls the application's own functions over the plain HTTP of chain-node.ts.
 * Compared with a real node, only the middleware is missing.
 */
const node = nodeArguments();
const call = caller(node);
const shards = 2;
const silent = pino({ level: 'silent' });
const open = (shard: number) => openShard(path.join(node.from, shardFolder(shard, shards)), systemClock, silent);

/** Prepares each kind of node, and returns its handler. */
const prepare: Record<Message, () => Answer> = {
  gateway: () => async (url) => {
    const parameters = new URL(url as string, 'http://gateway').searchParams;
    const search = {
      q: parameters.get('q') ?? '',
      page: Number(parameters.get('page') ?? 1),
      size: Number(parameters.get('size') ?? defaultPageSize),
      explain: parameters.get('explain') === 'true',
    };
    const request: UserSearchRequest = { search, format: 'html', via: ['gateway-1'] };
    return (await call<UserSearchResponse>('app.search', request)).html!;
  },

  'app.search'() {
    const tiers: SearchTiers = {
      query: { plan: (request, context) => ask('query.plan', 'query-1', request, context) },
      database: {
        find(request, context, options) {
          const shard = options!.shard as 1 | 2;
          return ask(`database.find${shard}`, `database-${shard}-1`, request, context);
        },
      },
      ranking: { rank: (request, context) => ask('ranking.rank', 'ranking-1', request, context) },
    };
    const context = benchContext(Infinity);
    return async (request) => {
      const { search, via = [] } = request as UserSearchRequest;
      const startedAt = performance.now();
      const servedBy: string[] = [];
      const results = await searchObjectBased(tiers, shards, search, { ...context, servedBy });
      const tookMs = Math.round((performance.now() - startedAt) * 100) / 100;
      const making: Making = { tookMs, via: [...via, 'app-1'], servedBy, style: 'object-based' };
      const page = await call<{ html: string }>('html.results', { results, making });
      return { results, html: page.html, tookMs };
    };
  },

  'query.plan'() {
    const vocabulary = buildVocabulary(
      Array.from({ length: shards }, (_, i) => {
        const { store } = open(i + 1);
        const words = store.vocabulary('', 2 ** 31 - 1);
        store.close();
        return words;
      }),
    );
    return (request) => {
      const { q } = request as { q: string };
      const { plan, words } = parse(q);
      return { plan, suggestion: didYouMean(vocabulary, q, words) };
    };
  },

  'database.find1': () => find(1),
  'database.find2': () => find(2),

  'ranking.rank': () => (request) => ({
    ranked: rank(request as RequestOf<(typeof ranking.operations)['rank']>),
  }),

  'html.results'() {
    const surroundings: Surroundings = { assets: loadAssets().urls, defaultStyle: 'object-based' };
    return (request) => {
      const { results, making } = request as RequestOf<(typeof html.operations)['results']>;
      return { html: resultsPage(results, { ...making, servedBy: [...making.servedBy, 'html-1'] }, surroundings) };
    };
  },
};

/** Calls a node and notes its real name, which the page shows. */
async function ask<Reply>(message: Message, name: string, request: unknown, { servedBy }: Context): Promise<Reply> {
  const reply = await call<Reply>(message, request);
  servedBy.push(name);
  return reply;
}

function find(shard: number): Answer {
  const finder = createFinder(
    open(shard),
    () => undefined,
    (id) => shardOf(id, shards) === shard,
  );
  return (request) => finish(finder.find(request as RequestOf<(typeof database.operations)['find']>));
}

serve(node, prepare[node.message]());
