import { createServer, request, type Server } from 'node:http';
import Type from 'typebox';
import { expect, test, onTestFinished } from 'vitest';
import { createNodeFaults } from '../../../shared/faults/node-faults.ts';
import { listenerSwitch } from '../../../shared/cluster/listener-switch.ts';
import { createMetrics } from '../../../shared/observe/metrics.ts';
import { contract, operation } from '../../../shared/rpc/contract.ts';
import { createServer as createRpcServer } from '../../../shared/rpc/server.ts';
import { httpServerTransport } from '../../../shared/rpc/transports/http-server.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { systemRandom } from '../../../shared/time/random.ts';
import { systemScheduler } from '../../../shared/time/scheduler.ts';
import { until } from '../../support/cluster.ts';
import { listen } from '../../support/listen.ts';

const log = { info() {}, warn() {}, error() {} } as never;
const shelf = contract('shelf', {
  list: operation({ summary: 'a text', request: Type.Object({}), response: Type.Object({ text: Type.String() }) }),
});
const body = { text: 'x'.repeat(200) };

/** One node's sockets and faults, without the rest of a node. */
async function start() {
  const listeners = listenerSwitch(systemScheduler, log);
  const faults = createNodeFaults({
    node: 'node-1',
    clock: systemClock,
    scheduler: systemScheduler,
    listener: listeners,
    serves: true,
    hasDisk: false,
    metrics: createMetrics({}, { process: false }),
    log,
  });
  const server = createRpcServer('node-1', [faults.atEntry, faults.atHandler]);
  server.host({ contract: shelf, handlers: { list: async () => body } });
  const onRpc = httpServerTransport(server, {
    node: 'node-1',
    clock: faults.clock,
    random: systemRandom,
    log,
    shape: faults.shape,
  });
  const http: Server = createServer(onRpc);
  const port = await listen(http);
  listeners.add(http, { port, host: '127.0.0.1' });
  onTestFinished(() => {
    listeners.forget();
    faults.registry.healAll('shutdown');
  });

  interface Answer {
    readonly outcome: string;
    readonly bytes: number;
    readonly tookMs: number;
  }
  function ask(): Promise<Answer> {
    const startedAt = performance.now();
    let bytes = 0;
    return new Promise((resolve) => {
      const end = (outcome: string) => resolve({ outcome, bytes, tookMs: performance.now() - startedAt });
      const headers = { 'content-type': 'application/json', 'x-caller': 'node-2' };
      const call = request({ port, path: '/rpc/shelf/list', method: 'POST', agent: false, headers });
      call.on('error', (error: NodeJS.ErrnoException) => end(error.code!));
      call.on('response', (response) => {
        response.on('data', (chunk: Buffer) => (bytes += chunk.length));
        response.on('error', (error: NodeJS.ErrnoException) => end(error.code!));
        response.on('end', () => end(String(response.statusCode)));
      });
      call.end('{}');
    });
  }
  const inject = (kind: string, params: object = {}) =>
    faults.registry.inject({ id: kind, kind, target: 'node-1', ttlMs: 20_000, owner: 'test', params });
  return { ask, inject, faults };
}

const whole = JSON.stringify(body).length;

test('a reset on the way is seen as a broken connection, not as an answer', async () => {
  const { ask, inject, faults } = await start();
  expect(await ask()).toMatchObject({ outcome: '200', bytes: whole });
  inject('net.reset');
  expect(await ask()).toMatchObject({ outcome: 'ECONNRESET', bytes: 0 });
  faults.registry.heal('net.reset');
  expect(await ask()).toMatchObject({ outcome: '200', bytes: whole });
});

test('a reset after some bytes leaves the reader with half a body', async () => {
  const { ask, inject } = await start();
  inject('net.reset', { afterBytes: 50 });
  expect(await ask()).toMatchObject({ outcome: 'ECONNRESET', bytes: 50 });
});

test('crumbs with pauses add up; healing in the middle lets the rest out at once', async () => {
  const { ask, inject, faults } = await start();
  inject('limp.dribble', { chunkBytes: 20, pauseMs: 30 });
  const slow = await ask();
  expect(slow).toMatchObject({ outcome: '200', bytes: whole });
  expect(slow.tookMs).toBeGreaterThan((whole / 20 - 1) * 25);
  faults.registry.heal('limp.dribble');

  inject('limp.bandwidth', { bytesPerSecond: 20 });
  const answer = ask();
  await until(() => faults.registry.list()[0]!.applied > 0);
  faults.registry.heal('limp.bandwidth');
  expect((await answer).tookMs).toBeLessThan(5_000);
});

test('a closed listener refuses, and takes connections at the same port again when it is healed', async () => {
  const { ask, inject, faults } = await start();
  inject('stop.refuse');
  expect((await ask()).outcome).toBe('ECONNREFUSED');
  faults.registry.heal('stop.refuse');
  await until(async () => (await ask()).outcome === '200');
});
