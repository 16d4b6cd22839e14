import type { FastifyInstance } from 'fastify';
import { RpcError } from '../shared/rpc/errors.ts';

/** Limits how many requests one address may send per second; further requests get 429 with Retry-After. */
export async function limitRate(scope: FastifyInstance, requestsPerSecond: number): Promise<void> {
  if (requestsPerSecond === 0) return;
  const { default: rateLimit } = await import('@fastify/rate-limit');
  await scope.register(rateLimit, {
    max: requestsPerSecond,
    timeWindow: 1_000,
    // The number of addresses that are kept, so that a flood from many addresses cannot fill the memory.
    cache: 10_000,
    errorResponseBuilder: (_request, { ttl, max }) =>
      new RpcError('too_many_requests', `one address may send ${max} requests per second`, { retryAfterMs: ttl }),
  });
}
