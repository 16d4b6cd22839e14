import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RpcError } from '../../shared/rpc/errors.ts';
import { openStream } from '../../web/event-streams.ts';
import { labs } from '../registry.ts';
import type { Home } from '../runner/home.ts';
import type { Lab } from '../runner/lab.ts';
import { readNextHint } from '../runner/progress.ts';
import { lastHandIn, writeExplanation } from '../runner/report/write.ts';
import { restoreLeft } from '../runner/restore.ts';
import type { CurrentRun } from './current-run.ts';
import { listOf, pageOf } from './lab-view.ts';
import { orderIn, ownerIn } from './order.ts';
import type { ServerState } from './run-view.ts';
import type { createLabsStreams } from './stream.ts';

/** A report is one file: its style is inside of it. It has no script, and asks for nothing. */
const reportPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

/** Texts, hints, reports and hand-ins. */
export function labRoutes(scope: FastifyInstance, home: Home): void {
  scope.get('/api/labs', async () => listOf(home));
  scope.get('/api/labs/:id', async (request) => {
    const { student } = request.query as { readonly student?: unknown };
    return pageOf(labIn(request), home, ownerIn(student));
  });
  scope.post('/api/labs/:id/hints', async (request) => ({ hints: readNextHint(home, labIn(request)) }));
  scope.post('/api/labs/:id/explanation', async (request) => {
    const { text } = (request.body ?? {}) as { readonly text?: unknown };
    if (typeof text !== 'string') throw new RpcError('bad_request', 'text: a text is wanted');
    const { explanation } = writeExplanation(home, labIn(request), text);
    return { explanation };
  });
  scope.get('/reports/:id', async (request, reply) => {
    const lab = labIn(request);
    const file = path.join(home.reports(lab.id), 'index.html');
    const page = await readFile(file).catch(() => {
      throw new RpcError('not_found', `lab ${lab.id} has no report yet`);
    });
    return reply.header('content-security-policy', reportPolicy).type('text/html; charset=utf-8').send(page);
  });
  scope.get('/hand-ins/:id', async (request, reply) => {
    const lab = labIn(request);
    const handIn = lastHandIn(home, lab);
    if (!handIn) throw new RpcError('not_found', `lab ${lab.id} has no hand-in yet`);
    const { student } = handIn.result.owner;
    const name = `hand-in-${lab.id}${student === undefined ? '' : `-${student}`}.json`;
    return reply
      .header('content-disposition', `attachment; filename="${name}"`)
      .type('application/json')
      .send(await readFile(path.join(home.reports(lab.id), 'hand-in.json')));
  });
}

interface RunRoutes {
  readonly home: Home;
  readonly run: CurrentRun;
  readonly streams: ReturnType<typeof createLabsStreams>;
  readonly state: () => ServerState;
  readonly clusterHost: string | undefined;
}

/** The one run: start it, watch it, stop it, and clean up after one that was killed. */
export function runRoutes(scope: FastifyInstance, { home, run, streams, state, clusterHost }: RunRoutes): void {
  scope.get('/api/state', async () => state());
  scope.get('/api/stream', (_request, reply) => {
    streams.requireRoom();
    streams.serve(openStream(reply));
  });
  scope.post('/api/runs', async (request, reply) =>
    reply.code(202).send(run.start(orderIn(request.body, clusterHost))),
  );
  scope.post('/api/runs/current/answer', async (request) => run.answer(request.body));
  scope.delete('/api/runs/current', async () => {
    await run.stop();
    return state();
  });
  scope.post('/api/restore', async () => {
    if (run.isRunning()) throw new RpcError('conflict', 'a lab is running; there is nothing to clean up');
    const left = await restoreLeft(home);
    streams.stateChanged();
    return { lab: left?.lab ?? null };
  });
}

function labIn({ params }: FastifyRequest): Lab {
  const { id } = params as { readonly id: string };
  const lab = labs.find((one) => one.id === id);
  if (!lab) throw new RpcError('not_found', `there is no lab "${id.slice(0, 20)}"`);
  return lab;
}
