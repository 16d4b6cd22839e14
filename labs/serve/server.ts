import Fastify, { type FastifyInstance } from 'fastify';
import { refuseRepeatedFields } from '../../shared/cluster/json-bodies.ts';
import { requireOwnOrigin } from '../../shared/control/guard.ts';
import { RpcError, toProblem } from '../../shared/rpc/errors.ts';
import { fromThrown } from '../../shared/rpc/http-errors.ts';
import { systemScheduler } from '../../shared/time/scheduler.ts';
import { serveAssets } from '../../web/assets.ts';
import { typedKey } from '../../web/key-cookie.ts';
import { guardRawHttp } from '../../web/raw-http.ts';
import { securityHeaders } from '../../web/security-headers.ts';
import { LabUnknownError, LabUsageError } from '../runner/errors.ts';
import { homeAt } from '../runner/home.ts';
import { isRunning, readLabJournal } from '../runner/journal.ts';
import { loadLabAssets } from './assets.ts';
import { createCurrentRun } from './current-run.ts';
import { labsCookie, isLabsKey, requireKey } from './key.ts';
import { createPicture } from './picture.ts';
import { labRoutes, runRoutes } from './lab-routes.ts';
import type { ServerState } from './run-view.ts';
import { labsShell } from './shell.ts';
import { createLabsStreams } from './stream.ts';

export interface LabServerOptions {
  /** The folder with data/labs and reports/labs. */
  readonly folder: string;
  readonly key: string;
  /** Further names of this machine (own-host.ts). */
  readonly hosts: readonly string[];
  /** A node of the user's cluster in containers, beside which this process runs. */
  readonly clusterHost?: string | undefined;
}

/** Builds the server of the pages of the labs. The caller opens the port. `stop` ends the run and the streams first. */
export async function createLabServer({ folder, key, hosts, clusterHost }: LabServerOptions) {
  const home = homeAt(folder);
  const assets = await loadLabAssets();
  const streams = createLabsStreams({ state: () => state(), about: () => picture.about() });
  const picture = createPicture({
    isWatched: () => streams.open() > 0,
    onAbout: (about) => streams.send('about', JSON.stringify(about ?? null)),
    onSnapshot: (json) => streams.send('snapshot', json),
  });
  const run = createCurrentRun(folder, { onChange: streams.stateChanged, onEvent: picture.follow });

  function state(): ServerState {
    const left = run.isRunning() ? undefined : readLabJournal(home);
    return { run: run.view() ?? null, other: left ? { lab: left.lab, isRunning: isRunning(left, home) } : null };
  }

  const server = Fastify({ bodyLimit: 64 * 1024, forceCloseConnections: true });
  refuseRepeatedFields(server);
  guardRawHttp(server.server, systemScheduler);
  server.addHook('onRequest', async ({ headers }, reply) => {
    void reply.headers(securityHeaders);
    requireOwnOrigin(headers, hosts);
  });
  server.setErrorHandler((thrown, _request, reply) => {
    const error = problemOf(thrown);
    if (error.code === 'internal') process.stderr.write(`lab: ${String((thrown as Error).stack)}\n`);
    return reply.code(error.status).type('application/problem+json').send(toProblem(error));
  });
  server.setNotFoundHandler(({ url }, reply) => {
    const error = new RpcError('not_found', `nothing answers ${url.split('?', 1)[0]!.slice(0, 200)} here`);
    return reply.code(error.status).type('application/problem+json').send(toProblem(error));
  });
  serveAssets(server, Object.values(assets));
  server.get<{ Querystring: { key?: string } }>('/', async (request, reply) => {
    const { key: given } = request.query;
    if (typeof given === 'string' && isLabsKey(given, key))
      return reply.header('set-cookie', labsCookie.of(request, given)).redirect('/', 303);
    return reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(labsShell(assets));
  });
  server.post('/api/key', async (request, reply) => {
    const given = typedKey(request, 'key');
    if (!isLabsKey(given, key))
      throw new RpcError('unauthenticated', 'this is not the key that was printed at the start');
    return reply.header('set-cookie', labsCookie.of(request, given)).send({});
  });
  await server.register(async (scope: FastifyInstance) => {
    scope.addHook('onRequest', async (request) => requireKey(request, key));
    labRoutes(scope, home);
    runRoutes(scope, { home, run, streams, state, clusterHost });
  });

  return {
    server,
    async stop(): Promise<void> {
      await run.stop();
      picture.close();
      streams.stop();
      await server.close();
    },
  };
}

/** An error of the runner with the code that says whose fault it is. */
function problemOf(thrown: unknown): RpcError {
  if (thrown instanceof LabUsageError) return new RpcError('bad_request', thrown.message);
  if (thrown instanceof LabUnknownError) return new RpcError('unavailable', `${thrown.message}; ${thrown.next}`);
  return fromThrown(thrown);
}
