import { createServer } from 'node:http';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import pino from 'pino';
import Type from 'typebox';
import { expect, test, onTestFinished } from 'vitest';
import type { Call, Reply } from '../../../shared/rpc/call.ts';
import type { Context } from '../../../shared/rpc/context.ts';
import { contract, operation } from '../../../shared/rpc/contract.ts';
import { RpcError } from '../../../shared/rpc/errors.ts';
import { createServer as createRpcServer } from '../../../shared/rpc/server.ts';
import { newTrace } from '../../../shared/rpc/trace-context.ts';
import { httpClientTransport, type HttpClientTransport } from '../../../shared/rpc/transports/http-client.ts';
import { httpServerTransport } from '../../../shared/rpc/transports/http-server.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { seededRandom } from '../../../shared/time/random.ts';
import { listen } from '../../support/listen.ts';
import { testCall } from '../../unit/rpc/layers/helpers.ts';

const echo = contract('echo', {
  say: operation({
    summary: 'says it again',
    request: Type.Object({ text: Type.String() }, { additionalProperties: false }),
    response: Type.Object({ text: Type.String() }),
  }),
});
const random = seededRandom(1);

type Say = (request: { text: string }, context: Context) => Promise<{ text: string }>;

/** A node that hosts `echo` with this handler. */
async function node(say: Say, maxBodyBytes = 1_000): Promise<number> {
  const rpc = createRpcServer('echo-1');
  rpc.host({ contract: echo, handlers: { say } as never });
  const log = pino({ level: 'silent' });
  return listen(
    createServer(httpServerTransport(rpc, { node: 'echo-1', clock: systemClock, random, log, maxBodyBytes })),
  );
}

/** A peer that answers every connection's first bytes with `answer`. */
async function rawPeer(answer: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).once('data', () => answer(socket));
  });
  const port = await listen(server);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  return port;
}

function client(maxReplyBytes = 100_000): HttpClientTransport {
  const transport = httpClientTransport({ node: 'test-1', clock: systemClock, maxReplyBytes });
  onTestFinished(() => transport.close());
  return transport;
}

function call(port: number, more: Partial<Call> = {}): Call {
  return testCall({
    component: 'echo',
    operation: echo.operations.say,
    request: { text: 'Grüße 🌍' },
    requestId: 'r-1',
    trace: newTrace(random),
    deadlineAt: Infinity,
    endpoint: { node: 'echo-1', host: '127.0.0.1', port },
    ...more,
  });
}

const codeOf = (reply: Promise<Reply>): Promise<string> =>
  reply.then(
    () => 'ok',
    (error: unknown) => (error as RpcError).code,
  );

test('a call crosses a real socket with its context, and the reply names who served it', async () => {
  let seen: Context | undefined;
  const port = await node(async ({ text }, context) => {
    seen = context;
    context.servedBy.push('below-1');
    context.staleMs = 1_200.4;
    return { text };
  });
  const sent = call(port, { deadlineAt: systemClock.now() + 5_000, idempotencyKey: 'k-1' });
  expect(await client().send(sent)).toEqual({
    body: { text: 'Grüße 🌍' },
    servedBy: ['echo-1', 'below-1'],
    staleMs: 1_200,
  });
  expect(seen).toMatchObject({
    requestId: 'r-1',
    idempotencyKey: 'k-1',
    priority: 'read',
    trace: { traceId: sent.trace.traceId },
  });
  expect(seen!.deadlineAt - systemClock.now()).toBeGreaterThan(1_000);
  expect(seen!.deadlineAt - systemClock.now()).toBeLessThan(5_000);
});

test('an error of the handler arrives as what it was; what is not ours arrives without its words', async () => {
  const port = await node(async ({ text }) => {
    if (text === 'ours') throw new RpcError('overloaded', 'come back later', { retryAfterMs: 40 });
    throw new Error('the secret is 1234');
  });
  const transport = client();
  await expect(transport.send(call(port, { request: { text: 'ours' } }))).rejects.toMatchObject({
    code: 'overloaded',
    definite: true,
    retryAfterMs: 40,
  });
  await expect(transport.send(call(port))).rejects.toSatisfy(
    (error) => error instanceof RpcError && error.code === 'internal' && !error.message.includes('1234'),
  );
});

test('a caller that goes away aborts the work that was done for it', async () => {
  const started = Promise.withResolvers<void>();
  const aborted = Promise.withResolvers<string>();
  const port = await node((_request, { signal }) => {
    started.resolve();
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        aborted.resolve((signal.reason as RpcError).code);
        reject(signal.reason as RpcError);
      });
    });
  });
  const leave = new AbortController();
  const reply = codeOf(client().send(call(port, { signal: leave.signal })));
  await started.promise;
  leave.abort(new RpcError('deadline_exceeded', 'enough'));
  expect(await reply).toBe('deadline_exceeded');
  expect(await aborted.promise).toBe('cancelled');
});

test.each<[string, unknown, string]>([
  ['a field of the wrong type', { text: 1 }, 'bad_request'],
  ['a field too many', { text: 'x', more: 1 }, 'bad_request'],
  ['a body that is too large', { text: 'x'.repeat(2_000) }, 'too_large'],
])('%s is refused', async (_what, request, code) => {
  const port = await node(async ({ text }) => ({ text }));
  expect(await codeOf(client().send(call(port, { request })))).toBe(code);
});

const json = { 'content-type': 'application/json' };

test.each<[string, string, string, number]>([
  ['GET', '/rpc/echo/say', '', 405],
  ['POST', '/rpc/echo/shout', '{}', 404],
  ['POST', '/rpc/nobody/say', '{}', 404],
  ['POST', '/rpc/echo', '{}', 404],
  ['POST', '/rpc/echo/constructor', '{}', 404],
  ['POST', '/rpc/echo/say', '{"text":', 400],
  ['POST', '/rpc/echo/say', '', 400],
])('%s %s with the body %j is answered with a problem document of status %4$d', async (method, path, body, status) => {
  const port = await node(async ({ text }) => ({ text }));
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    ...(method === 'GET' ? {} : { body, headers: json }),
  });
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(await response.json()).toMatchObject({ status, definite: true });
});

test.each<[string, Record<string, string>, string]>([
  ['the web page of any origin', { ...json, origin: 'http://evil.example' }, 'forbidden'],
  ['a page that hides its origin', { ...json, origin: 'null' }, 'forbidden'],
  ['a form, or a page that does not ask first', { 'content-type': 'text/plain' }, 'unsupported_media_type'],
  [
    'one that claims a type that only begins like JSON',
    { 'content-type': 'application/jsonp' },
    'unsupported_media_type',
  ],
  ['JSON with a charset', { 'content-type': 'application/json; charset=utf-8' }, 'ok'],
])('%s: the answer is %3$s', async (_who, headers, code) => {
  let asked = 0;
  const port = await node(async ({ text }) => ({ text: `${text}${++asked}` }));
  const response = await fetch(`http://127.0.0.1:${port}/rpc/echo/say`, {
    method: 'POST',
    headers,
    body: '{"text":"x"}',
  });
  const { code: given = 'ok' } = (await response.json()) as { code?: string };
  expect([given, asked]).toEqual([code, code === 'ok' ? 1 : 0]);
});

const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
test.each<[string, (socket: Socket) => void, string]>([
  ['closes without a word', (socket) => void socket.end(), 'connection_lost'],
  ['resets the connection', (socket) => void socket.resetAndDestroy(), 'connection_lost'],
  [
    'stops in the middle of the body',
    (socket) => void socket.end(`${head}content-length: 100\r\n\r\n{"text":`),
    'connection_lost',
  ],
  [
    'says less than it promised, and JSON breaks off',
    (socket) => void socket.end(`${head}content-length: 8\r\n\r\n{"text":`),
    'bad_reply',
  ],
  ['does not speak HTTP', (socket) => void socket.end('220 smtp.example.org ESMTP\r\n'), 'bad_reply'],
  [
    'answers with HTML',
    (socket) => void socket.end('HTTP/1.1 502 Bad\r\ncontent-length: 6\r\n\r\n<html>'),
    'bad_reply',
  ],
  [
    'never stops talking',
    (socket) =>
      void socket.write(`${head}transfer-encoding: chunked\r\n\r\n${`ffff\r\n${'x'.repeat(0xffff)}\r\n`.repeat(4)}`),
    'bad_reply',
  ],
])('a peer that %s gives one coded error', async (_what, answer, code) => {
  const port = await rawPeer(answer);
  expect(await codeOf(client().send(call(port)))).toBe(code);
});

test('a peer that never answers is left at the deadline', async () => {
  const reached = Promise.withResolvers<void>();
  const port = await rawPeer(() => reached.resolve());
  const leave = new AbortController();
  const reply = codeOf(client().send(call(port, { signal: leave.signal })));
  await reached.promise;
  leave.abort(new RpcError('deadline_exceeded', 'enough'));
  expect(await reply).toBe('deadline_exceeded');
});

test('a closed port is unreachable, and that is definite', async () => {
  const server = createTcpServer();
  const port = await listen(server);
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  await expect(client().send(call(port))).rejects.toMatchObject({
    code: 'unreachable',
    definite: true,
    node: 'echo-1',
  });
});

test('a client that breaks off in its body leaves the node serving others', async () => {
  const port = await node(async ({ text }) => ({ text }));
  const socket = connect(port, '127.0.0.1');
  await new Promise<void>((resolve) =>
    socket.write(
      'POST /rpc/echo/say HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"te',
      () => resolve(),
    ),
  );
  socket.resetAndDestroy();
  expect(await codeOf(client().send(call(port)))).toBe('ok');
});
