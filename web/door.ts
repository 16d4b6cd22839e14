import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Metrics } from '../shared/observe/metrics.ts';
import { RpcError } from '../shared/rpc/errors.ts';
import type { HttpContexts } from '../shared/rpc/http-context.ts';
import type { Scheduler } from '../shared/time/scheduler.ts';
import { type Assets, serveAssets } from './assets.ts';
import { allowedMethods, type KnownRoute } from './allowed.ts';
import { answerError } from './answer-error.ts';
import { fromThrown } from '../shared/rpc/http-errors.ts';
import { parameterCompiler } from './parameters.ts';
import { guardRawHttp } from './raw-http.ts';
import { requestTimes } from './request-times.ts';
import { sloMetrics } from './slo.ts';
import { securityHeaders } from './security-headers.ts';

export interface DoorOptions {
  readonly contexts: HttpContexts;
  readonly assets: Assets;
  readonly metrics: Metrics;
  readonly scheduler: Scheduler;
  readonly log: Logger;
}

/** Matches every request without a route, whatever its method. */
const anythingElse = '/*';

/**
 * The common parts of every public port, around the routes that `routes` adds: security headers, request ids, checked
 * parameters, assets, metrics, and errors as problems or pages (404 and 405 too).
 */
export async function openDoor(
  server: FastifyInstance,
  options: DoorOptions,
  routes: (scope: FastifyInstance) => Promise<void>,
): Promise<void> {
  const { contexts, assets, metrics, scheduler, log } = options;
  guardRawHttp(server.server, scheduler);
  const times = requestTimes(metrics);
  sloMetrics(metrics);

  await server.register(async (scope) => {
    const known: KnownRoute[] = [];
    scope.addHook('onRoute', ({ url, method }) => {
      if (url === anythingElse) return;
      const methods = [method].flat();
      known.push({ url, methods });
      if (isUserRoute(url) && methods.includes('GET')) times.expect(url);
    });
    // Hooks with `done`, because promises would cost time in every request.
    scope.addHook('onRequest', (request, reply, done) => {
      reply.headers(securityHeaders);
      reply.header('x-request-id', contexts.identify(request).requestId);
      done();
    });
    scope.addHook('onResponse', (request, reply, done) => {
      times.observe(request.routeOptions.url ?? anythingElse, request.method, reply.statusCode, reply.elapsedTime);
      done();
    });
    scope.setValidatorCompiler(parameterCompiler);
    scope.setErrorHandler((thrown, request, reply) => answer(thrown, request, reply));
    serveAssets(scope, assets.files);
    await routes(scope);
    scope.all(anythingElse, { schema: { hide: true } }, (request) => Promise.reject(nothingHere(request)));

    function answer(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
      const { requestId, trace } = contexts.identify(request);
      let error = fromThrown(thrown);
      if (error.code === 'unsupported_media_type' && request.routeOptions.url === anythingElse)
        error = nothingHere(request);
      if (error.code === 'internal') {
        const { traceId } = trace;
        log.error({ err: thrown, requestId, traceId, url: request.url }, 'request failed');
      }
      if (error.code === 'method_not_allowed')
        void reply.header('allow', allowedMethods(known, pathOf(request)).join(', '));
      return answerError(error, requestId, request, reply, assets.urls);
    }

    function nothingHere(request: FastifyRequest): RpcError {
      const allowed = allowedMethods(known, pathOf(request));
      const path = pathOf(request).slice(0, 200);
      // A path that is too long for its route also comes here, with an allowed method.
      if (allowed.length > 0 && !allowed.includes(request.method))
        return new RpcError('method_not_allowed', `${path} answers ${allowed.join(', ')}, not ${request.method}`);
      return new RpcError('not_found', `nothing answers ${path} here`);
    }
  });
}

/** Searches and pages. Assets and documents have no series before their first request. */
const isUserRoute = (url: string): boolean => /^\/(?:$|search|page\/|suggest|api\/)/.test(url);

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0]!;
}
