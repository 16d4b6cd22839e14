import type { FastifyInstance, FastifyRequest } from 'fastify';
import { requireOwnOrigin } from '../../../shared/control/guard.ts';
import { RpcError } from '../../../shared/rpc/errors.ts';
import { typedKey } from '../../../web/key-cookie.ts';
import { consoleCookie, isConsoleKey, isOperator, requireOperator } from '../operator.ts';
import type { Sources } from '../sources.ts';

interface OrderRoutes {
  readonly sources: Sources;
  readonly token: string | undefined;
  readonly hosts: readonly string[] | undefined;
}

/** The orders of an operator: inject, heal, halt. Each needs the cookie with the key. */
export function orderRoutes(scope: FastifyInstance, { sources, token, hosts }: OrderRoutes): void {
  scope.get('/api/operator', async (request) => ({ operator: isOperator(request, token) }));

  /** Takes the key once. After that, the browser sends it as a cookie. */
  scope.post('/api/operator', async (request, reply) => {
    requireOwnOrigin(request.headers, hosts);
    const key = typedKey(request, 'operator');
    if (token === undefined || !isConsoleKey(key, token))
      throw new RpcError('unauthenticated', 'this is not the key that "npm start -- --chaos" printed');
    return reply.header('set-cookie', consoleCookie.of(request, key)).send({ operator: true });
  });

  scope.post('/api/faults', async (request) => {
    requireOperator(request, token, hosts);
    const { dryRun } = request.query as { dryRun?: string };
    return dryRun === 'true' ? sources.dryRun(request.body) : sources.inject(request.body);
  });
  scope.delete('/api/faults/:id', async (request) => {
    requireOperator(request, token, hosts);
    return sources.heal(idOf(request));
  });
  scope.post('/api/halt', async (request) => {
    requireOperator(request, token, hosts);
    return sources.halt();
  });
}

const idOf = ({ params }: FastifyRequest): string => (params as { id: string }).id;
