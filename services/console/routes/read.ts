import { gzip } from 'node:zlib';
import { promisify } from 'node:util';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { requireOwnOrigin } from '../../../shared/control/guard.ts';
import type { Topology } from '../../../shared/cluster/topology.ts';
import { RpcError } from '../../../shared/rpc/errors.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import { openStream } from '../../../web/event-streams.ts';
import type { About } from '../about.ts';
import { createObservedRelations } from '../architecture/observed.ts';
import type { LiveCollector } from '../live/collector.ts';
import type { createNodeReadings } from '../live/node-readings.ts';
import type { createConsoleStreams } from '../live/stream.ts';
import { lastLines } from '../log-tail.ts';
import type { Sources } from '../sources.ts';

const compress = promisify(gzip);

interface ReadRoutes {
  readonly topology: Topology;
  readonly about: About;
  readonly collector: LiveCollector;
  readonly streams: ReturnType<typeof createConsoleStreams>;
  readonly sources: Sources;
  readonly clock: Clock;
  readonly build: ReturnType<typeof createNodeReadings>['build'];
  /** The folder where the watchdog keeps the logs of the nodes; undefined where there is none, as in containers. */
  readonly logDir: string | undefined;
  readonly hosts: readonly string[] | undefined;
}

/**
 * The routes that the page reads: present and past snapshots, the cluster, one node's diagnosis and log, the kinds of
 * faults.
 */
export function readRoutes(scope: FastifyInstance, options: ReadRoutes): void {
  const { topology, about, collector, streams, sources, build, clock, logDir, hosts } = options;

  function nodeOf({ params }: FastifyRequest): string {
    const { id } = params as { id: string };
    if (!about.nodes.some((node) => node.id === id))
      throw new RpcError('not_found', `${about.name} has no node ${id.slice(0, 60)}`);
    return id;
  }

  // A foreign page that names this machine (DNS rebinding) must not read logs.
  scope.addHook('onRequest', async ({ headers }) => requireOwnOrigin(headers, hosts));

  scope.get('/api/about', async () => about);
  scope.get('/api/kinds', async () => sources.kinds());

  scope.get('/api/architecture', async () => (await import('../architecture/describe.ts')).describe(topology));

  const relations = createObservedRelations(topology, sources, clock);
  scope.get('/api/architecture/calls', () => relations());

  scope.get('/api/requests', async ({ query }) => {
    const { slowest, errors } = query as Readonly<Record<string, string>>;
    const asked = { limit: '40', ...(slowest === 'true' && { slowest }), ...(errors === 'true' && { errors }) };
    return sources.traces(new URLSearchParams(asked).toString());
  });
  scope.get('/api/requests/:id', async ({ params }) => sources.trace((params as { id: string }).id));

  scope.get('/api/now', async () => collector.last() ?? null);

  scope.get('/api/history', async (request, reply) => {
    const entries = collector.history.after(numberIn(request));
    const text = `[${entries.map(({ json }) => json).join(',\n')}]`;
    void reply.type('application/json').header('vary', 'accept-encoding');
    if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(text);
    return reply.header('content-encoding', 'gzip').send(await compress(text, { level: 1 }));
  });

  scope.get('/api/stream', (request, reply) => {
    streams.requireRoom();
    const last = Number(request.headers['last-event-id']);
    streams.serve(openStream(reply), Number.isInteger(last) && last > 0 ? last : Infinity);
  });

  scope.get('/api/nodes/:id/diagnosis', async (request) => {
    const id = nodeOf(request);
    const diagnosis = (await sources.diagnoses())?.nodes.find(({ node }) => node === id) ?? { node: id, reasons: [] };
    return { ...diagnosis, build: build(id) };
  });

  scope.get('/api/nodes/:id/log', async (request) => {
    const id = nodeOf(request);
    return { lines: logDir === undefined ? undefined : await lastLines(`${logDir}/${id}.log`) };
  });
}

/** The last snapshot that the reader has: `?after=12`. */
function numberIn({ query }: FastifyRequest): number {
  const { after = '0' } = query as { after?: string };
  if (!/^\d{1,12}$/.test(after)) throw new RpcError('bad_request', 'after: must be a whole number');
  return Number(after);
}
