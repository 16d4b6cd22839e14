import { createServer, type Server } from 'node:http';
import type { Metrics } from '../observe/metrics.ts';
import { RpcError, toProblem } from '../rpc/errors.ts';

export interface OpsSources {
  readonly metrics: Metrics;
  /** Alive at all: false sends 503 under /health. */
  readonly healthy: () => boolean;
  /** Ready to serve: false sends 503 under /ready. */
  readonly ready: () => boolean;
  /** What /admin/state shows. */
  readonly state: () => unknown;
}

/**
 * The control plane of a node, apart from its data port so that load and injected faults never reach it:
 * GET /health, /ready, /metrics, /admin/state.
 */
export function createOpsPort(sources: OpsSources): Server {
  const json = (status: number, body: unknown) => ({
    status,
    type: 'application/json',
    text: `${JSON.stringify(body, null, 2)}\n`,
  });
  const routes: Record<string, () => Promise<{ status: number; type: string; text: string }>> = {
    '/health': async () => json(sources.healthy() ? 200 : 503, { healthy: sources.healthy() }),
    '/ready': async () => json(sources.ready() ? 200 : 503, { ready: sources.ready() }),
    '/admin/state': async () => json(200, sources.state()),
    '/metrics': async () => {
      const { contentType, text } = await sources.metrics.render();
      return { status: 200, type: contentType, text };
    },
  };
  return createServer((request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '';
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
    const readable = request.method === 'GET' || request.method === 'HEAD';
    const problem = (error: RpcError) => ({
      status: error.status,
      type: 'application/problem+json',
      text: JSON.stringify(toProblem(error)),
    });
    const answer =
      route && readable
        ? route().catch(() => problem(new RpcError('internal', 'the node could not answer')))
        : Promise.resolve(
            problem(
              route
                ? new RpcError('method_not_allowed', 'only GET is answered here')
                : new RpcError('not_found', `there are ${Object.keys(routes).join(', ')}`),
            ),
          );
    void answer.then(({ status, type, text }) => {
      response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
      response.end(request.method === 'HEAD' ? undefined : text);
    });
  });
}
