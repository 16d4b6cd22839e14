import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { Context } from '../shared/rpc/context.ts';
import { RpcError } from '../shared/rpc/errors.ts';
import type { HttpContexts } from '../shared/rpc/http-context.ts';
import { requestIdPattern } from '../shared/rpc/wire.ts';
import { PageId } from '../search/page.ts';
import { defaultPageSize } from './urls.ts';
import { maxDepth } from '../search/limits.ts';
import { SearchRequest } from '../search/plan.ts';
import {
  SuggestRequest,
  type SuggestResponse,
  type UserPageRequest,
  type UserPageResponse,
  type UserSearchRequest,
  type UserSearchResponse,
} from '../search/user-requests.ts';
import { Style } from '../search/making.ts';

/** Answers the requests of the pages: the gateway's own handlers, or in the client calls to the gateway. */
export interface PageHandlers {
  readonly search: (request: UserSearchRequest, context: Context) => Promise<UserSearchResponse>;
  readonly page: (request: UserPageRequest, context: Context) => Promise<UserPageResponse>;
  readonly suggest: (request: SuggestRequest, context: Context) => Promise<SuggestResponse>;
}

const RequestId = Type.String({ pattern: requestIdPattern });

const { page, size, explain } = SearchRequest.properties;
/** The parameters of a search in an address; absent ones have their default. */
export const searchParameters = {
  page: Type.Optional(Type.Integer({ ...page, default: 1, description: 'Which page of the results' })),
  size: Type.Optional(Type.Integer({ ...size, default: defaultPageSize, description: 'Results on a page' })),
  explain: Type.Optional(Type.Boolean({ ...explain, default: false, description: 'With every part of every score' })),
  style: Type.Optional(
    Type.Union(Style.anyOf, { description: "The style of architecture that answers; the topology's when absent" }),
  ),
};
export const suggestParameters = {
  prefix: Type.String({
    ...SuggestRequest.properties.prefix,
    description: 'What has been typed so far',
  }),
  size: Type.Optional(
    Type.Integer({
      ...SuggestRequest.properties.size,
      default: 8,
      description: 'How many suggestions at most',
    }),
  ),
};

/** Refuses pages beyond the maximum depth of a search, and names the parameter. */
export function checkDepth(page: number, size: number): void {
  if (page * size > maxDepth)
    throw new RpcError(
      'bad_request',
      `page: a search shows at most ${maxDepth} results; with ${size} on a page, page ` +
        `${Math.floor(maxDepth / size)} is the last`,
    );
}

/** The pages for people: home, results, one page of the corpus, and the suggestions that the search box asks for. */
export function pageRoutes(
  scope: FastifyInstance,
  answers: PageHandlers,
  contexts: HttpContexts,
  consolePort: number | undefined,
): void {
  const server = scope.withTypeProvider<TypeBoxTypeProvider>();
  // Without `no-store`, the back button of a browser shows a copy from its cache, however old, and does not say so.
  const pageHeaders = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
  const hide = true;

  server.get('/', { schema: { hide } }, async (request, reply) => {
    const search = { q: '', page: 1, size: defaultPageSize, explain: false };
    const answer = await contexts.run(request, reply, (context) => answers.search({ search, format: 'html' }, context));
    return reply.headers(pageHeaders).send(answer.html);
  });

  const Query = Type.Object({
    q: Type.Optional(Type.String({ ...SearchRequest.properties.q, default: '' })),
    ...searchParameters,
  });
  server.get('/search', { schema: { hide, querystring: Query } }, async (request, reply) => {
    const { q = '', page = 1, size = defaultPageSize, explain = false, style } = request.query;
    checkDepth(page, size);
    const search = { q, page, size, explain };
    const answer = await contexts.run(request, reply, (context) =>
      answers.search({ search, style, format: 'html' }, context),
    );
    return reply.headers(pageHeaders).send(answer.html);
  });

  server.get('/page/:id', { schema: { hide, params: Type.Object({ id: PageId }) } }, async (request, reply) => {
    const { id } = request.params;
    const answer = await contexts.run(request, reply, (context) => answers.page({ id, format: 'html' }, context));
    return reply.headers(pageHeaders).send(answer.html);
  });

  // The console shows traces. It is on the same host at another port, so the name that the browser used is kept.
  server.get('/trace/:id', { schema: { hide, params: Type.Object({ id: RequestId }) } }, async (request, reply) => {
    if (consolePort === undefined) throw new RpcError('not_found', 'this topology has no console that shows traces');
    return reply.redirect(`http://${request.hostname}:${consolePort}/#/trace/${request.params.id}`, 303);
  });

  server.get('/suggest', { schema: { hide, querystring: Type.Object(suggestParameters) } }, async (request, reply) => {
    const { prefix, size = 8 } = request.query;
    return contexts.run(request, reply, (context) => answers.suggest({ prefix, size }, context));
  });
}
