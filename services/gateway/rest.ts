import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { errorCodes } from '../../shared/rpc/errors.ts';
import type { HttpContexts } from '../../shared/rpc/http-context.ts';
import { type PageHandlers, checkDepth, searchParameters, suggestParameters } from '../../web/page-routes.ts';
import { Page, PageId } from '../../search/page.ts';
import { defaultPageSize } from '../../web/urls.ts';
import { query as queryContract } from '../query/contract.ts';
import { SearchRequest } from '../../search/plan.ts';
import { SearchResults } from '../../search/results.ts';

const { query, total, page, size, suggestion, partial, results } = SearchResults.properties;
const SearchAnswer = Type.Object(
  {
    query,
    total,
    page,
    size,
    tookMs: Type.Number({ description: 'Time in the application server and below, ms' }),
    suggestion,
    partial,
    staleMs: Type.Optional(
      Type.Number({
        description: 'The age, ms, of the part of the answer that comes from memory because its source is down',
      }),
    ),
    servedBy: Type.Array(Type.String(), { description: 'The nodes that took part, in the order of their answers' }),
    results,
  },
  { description: 'A page of results, best first' },
);

const ProblemAnswer = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.Union(Object.keys(errorCodes).map((code) => Type.Literal(code))),
    definite: Type.Boolean({ description: 'True where the request certainly had no effect' }),
    retryAfterMs: Type.Optional(Type.Number()),
    node: Type.Optional(Type.String({ description: 'The node that failed' })),
    below: Type.Optional(
      Type.String({ description: 'The group, like database/1, that gave no answer to the node that called it' }),
    ),
    requestId: Type.Optional(Type.String()),
  },
  { description: 'A problem (RFC 9457)' },
);

/** Only describes errors in OpenAPI, because a problem is not application/json. web/door.ts sends the errors. */
const problems = { description: 'A problem', content: { 'application/problem+json': { schema: ProblemAnswer } } };
const common = { tags: ['search'], produces: ['application/json'] };

/** The public REST API: the same answers as the pages, as JSON. */
export function apiRoutes(scope: FastifyInstance, answers: PageHandlers, contexts: HttpContexts, node: string): void {
  const server = scope.withTypeProvider<TypeBoxTypeProvider>();
  const strict = { additionalProperties: false };

  server.get(
    '/api/search',
    {
      schema: {
        ...common,
        operationId: 'search',
        summary: 'Search the corpus',
        description:
          'Finds pages with any of the words. To narrow the search: "phrases", -exclusions, and title:, keywords: or ' +
          'body: before a word.',
        querystring: Type.Object(
          { q: Type.String({ ...SearchRequest.properties.q, description: 'The keywords' }), ...searchParameters },
          strict,
        ),
        response: { 200: SearchAnswer, default: problems },
      },
    },
    async (request, reply) => {
      const { q, page = 1, size = defaultPageSize, explain = false, style } = request.query;
      checkDepth(page, size);
      const search = { q, page, size, explain };
      const { answer, servedBy, staleMs } = await contexts.run(request, reply, async (context) => ({
        answer: await answers.search({ search, style, format: 'json' }, context),
        servedBy: context.servedBy,
        staleMs: context.staleMs,
      }));
      const { query, total, suggestion, partial, results } = answer.results;
      // Exactly the fields of the schema, in its order.
      return {
        query,
        total,
        page,
        size,
        tookMs: answer.tookMs,
        suggestion,
        partial,
        staleMs,
        servedBy: [...new Set([node, ...servedBy])],
        results,
      };
    },
  );

  server.get(
    '/api/pages/:id',
    {
      schema: {
        ...common,
        operationId: 'page',
        summary: 'One page of the corpus, with its links',
        params: Type.Object({ id: PageId }),
        querystring: Type.Object({}, strict),
        response: { 200: Page, default: problems },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const answer = await contexts.run(request, reply, (context) => answers.page({ id, format: 'json' }, context));
      return answer.page;
    },
  );

  server.get(
    '/api/suggest',
    {
      schema: {
        ...common,
        operationId: 'suggest',
        summary: 'Complete what the user is typing',
        querystring: Type.Object(suggestParameters, strict),
        response: { 200: queryContract.operations.suggest.response, default: problems },
      },
    },
    async (request, reply) => {
      const { prefix, size = 8 } = request.query;
      return contexts.run(request, reply, (context) => answers.suggest({ prefix, size }, context));
    },
  );
}
