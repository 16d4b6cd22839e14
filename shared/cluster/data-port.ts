import { createServer, type Server as HttpServer } from 'node:http';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { asRpcError, RpcError, toProblem } from '../rpc/errors.ts';
import { isRpc, type RequestListener } from '../rpc/transports/http-server.ts';

/** Above every client's keep-alive (30 s), so that the server never closes a socket that is about to be used. */
const keepAliveMs = 65_000;

/** Room for a query of 10,000 characters outside ASCII, percent-encoded: 9 bytes for most, 12 for an emoji. */
const maxHeaderBytes = 128 * 1024;

/**
 * A port that answers both protocols: RPC on bare node:http, because every hop pays for it, and public HTTP through Fastify.
 *
 *   request --+-- /rpc/... --> onRpc
 *             +-- the rest --> Fastify routes of the components
 */
export function createDataPort(log: Logger, onRpc: RequestListener | undefined): FastifyInstance {
  const server = Fastify({
    loggerInstance: log.child({ part: 'http' }, { level: 'warn' }),
    // No logger of its own for each request: ids are logged where something is logged.
    childLoggerFactory: (logger) => logger,
    forceCloseConnections: 'idle',
    bodyLimit: 1024 * 1024,
    routerOptions: { maxParamLength: 256 },
    serverFactory(handle): HttpServer {
      const http = createServer({ maxHeaderSize: maxHeaderBytes, keepAliveTimeout: keepAliveMs }, (request, response) => {
        if (onRpc && isRpc(request)) onRpc(request, response);
        else handle(request, response);
      });
      return http;
    },
  });
  server.setErrorHandler((thrown, request, reply) => {
    const error = fromHttp(thrown);
    if (error.code === 'internal') log.error({ err: thrown, url: request.url }, 'request failed');
    void reply.code(error.status).type('application/problem+json').send(toProblem(error));
  });
  server.setNotFoundHandler((request, reply) => {
    const error = new RpcError(
      'not_found',
      `nothing answers ${request.method} ${request.url.split('?', 1)[0]!.slice(0, 200)} here`,
    );
    void reply.code(404).type('application/problem+json').send(toProblem(error));
  });
  return server as unknown as FastifyInstance;
}

/** Fastify's own errors (bad JSON, too large ...) carry a status below 500: their words are safe to show. */
function fromHttp(thrown: unknown): RpcError {
  const status = (thrown as { statusCode?: number }).statusCode;
  const message = (thrown as Error).message;
  if (thrown instanceof RpcError || status === undefined || status >= 500) return asRpcError(thrown);
  if (status === 413) return new RpcError('too_large', message);
  if (status === 415) return new RpcError('unsupported_media_type', message);
  if (status === 429) return new RpcError('too_many_requests', message);
  return new RpcError('bad_request', message);
}
