import type { UserPageResponse, UserSearchRequest } from '../../../search/user-requests.ts';
import type { app } from '../../../services/app/contract.ts';
import type { Context } from '../../../shared/rpc/context.ts';
import { RpcError } from '../../../shared/rpc/errors.ts';
import type { Upstream } from '../../../shared/rpc/upstream.ts';
import type { Static } from 'typebox';

export interface MadeUpApp {
  readonly app: Upstream<typeof app>;
  /** What it was asked, in order. */
  readonly asked: { readonly operation: string; readonly request: unknown; readonly context: Context }[];
}

/** An application tier that answers every search with one result, which repeats the query. It has one page, `n1`. */
export function madeUpApp(fail?: () => RpcError | Promise<never>): MadeUpApp {
  const asked: MadeUpApp['asked'] = [];
  async function note(operation: string, request: unknown, context: Context): Promise<void> {
    asked.push({ operation, request, context });
    const failure = await fail?.();
    if (failure) throw failure;
    context.servedBy.push('app-1', 'query-1', 'database-1-1', 'database-1-1');
  }
  return {
    asked,
    app: {
      async search(request: Static<typeof UserSearchRequest>, context) {
        await note('search', request, context);
        const { q, page, size, explain } = request.search;
        const explanation = { terms: [], relevance: 1, popularity: 0, popularityScore: 0, score: 1 };
        const result = {
          id: 'n1',
          title: q,
          url: '/page/n1',
          snippet: q,
          score: 1.5,
          ...(explain ? { explanation } : {}),
        };
        return {
          results: { query: q, terms: ['x'], total: 1, page, size, results: [result] },
          tookMs: 1.25,
          ...(request.format === 'html' ? { html: '<!doctype html><title>made up</title>' } : {}),
        };
      },
      async page({ id, format }, context): Promise<Static<typeof UserPageResponse>> {
        await note('page', { id, format }, context);
        if (id !== 'n1') throw new RpcError('not_found', `there is no page ${id}`);
        const page = { id, title: 'one', body: 'text', keywords: ['k'], url: '/page/n1', links: [] };
        return { page, ...(format === 'html' ? { html: '<!doctype html><title>one</title>' } : {}) };
      },
      candidates: nobodyAsks,
      parts: nobodyAsks,
      texts: nobodyAsks,
      words: nobodyAsks,
      async suggest(request, context) {
        await note('suggest', request, context);
        return { suggestions: [request.prefix] };
      },
    },
  };
}

const nobodyAsks = () => Promise.reject(new Error('nobody asks for this here'));
