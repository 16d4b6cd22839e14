import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { PartsRequest, TextsRequest } from '../../../../search/client-requests.ts';
import { clientDepth } from '../../../../search/limits.ts';
import type { HttpContexts } from '../../../../shared/rpc/http-context.ts';
import { RpcError } from '../../../../shared/rpc/errors.ts';
import { bodyCompiler } from '../../../../web/body.ts';
import { screenSize } from '../application.ts';
import { isCharacter, isNamed, maxTyped, namedKeys } from '../keys.ts';
import type { WireService } from './service.ts';

const strict = { additionalProperties: false };
const hide = true;
/** Room for 100 page ids of the greatest length, bytes. */
const bodyLimit = 32_768;

const Press = Type.Object(
  {
    session: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9-]{1,64}$' })),
    key: Type.String({ minLength: 1, maxLength: Math.max(...namedKeys.map((name) => name.length)) }),
  },
  strict,
);
const Search = Type.Object(
  {
    q: Type.String({ maxLength: maxTyped }),
    page: Type.Integer({ minimum: 1, maximum: clientDepth / screenSize }),
    order: Type.Union([Type.Literal('relevance'), Type.Literal('title')]),
  },
  strict,
);
const Candidates = Type.Object({ q: Search.properties.q }, strict);
const Parts = Type.Object({ term: PartsRequest.properties.term }, strict);
const Texts = Type.Object({ ids: TextsRequest.properties.ids }, strict);
const Words = Type.Object({ from: Type.Integer({ minimum: 0, maximum: 100_000_000 }) }, strict);

/** What the clients of the five placements ask for. Each route is one message of the wire. */
export function wireRoutes(scope: FastifyInstance, service: WireService, contexts: HttpContexts): void {
  const server = scope.withTypeProvider<TypeBoxTypeProvider>();

  server.post(
    '/placements/press',
    { schema: { hide, body: Press }, validatorCompiler: bodyCompiler, bodyLimit },
    async (request, reply) => {
      const { key } = request.body;
      if (!isNamed(key) && !isCharacter(key))
        throw new RpcError('bad_request', `key: one character is wanted, or one of ${namedKeys.join(', ')}`);
      return contexts.run(request, reply, (context) => service.press(request.body, context));
    },
  );
  server.get('/placements/search', { schema: { hide, querystring: Search } }, async (request, reply) =>
    contexts.run(request, reply, (context) => service.search(request.query, context)),
  );
  server.get('/placements/candidates', { schema: { hide, querystring: Candidates } }, async (request, reply) =>
    contexts.run(request, reply, (context) => service.candidates(request.query.q, context)),
  );
  server.get('/placements/parts', { schema: { hide, querystring: Parts } }, async (request, reply) =>
    contexts.run(request, reply, (context) => service.parts(request.query.term, context)),
  );
  server.post(
    '/placements/texts',
    { schema: { hide, body: Texts }, validatorCompiler: bodyCompiler, bodyLimit },
    async (request, reply) => contexts.run(request, reply, (context) => service.texts(request.body.ids, context)),
  );
  server.get('/placements/words', { schema: { hide, querystring: Words } }, async (request, reply) =>
    contexts.run(request, reply, (context) => service.words(request.query.from, context)),
  );
}
