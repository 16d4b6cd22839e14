import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { gatewayComponent } from '../../../services/gateway/component.ts';
import { doorOf, environment } from '../gateway/harness.ts';
import { madeUpApp } from '../gateway/made-up-app.ts';

/** Bytes as an attacker would send them: no HTTP client stands in between. */
let server: FastifyInstance;
const { app, asked } = madeUpApp();

beforeAll(async () => {
  server = await doorOf(gatewayComponent, environment(gatewayComponent, 'gateway-1', { app }));
  await server.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => server.close());

async function send(bytes: string) {
  const { port } = server.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  socket.end(bytes);
  const reply = await text(socket);
  const [head = '', body = ''] = reply.split(/\r\n\r\n/, 2);
  return { status: Number(head.split(' ')[1]), head: head.toLowerCase(), body };
}

const get = (target: string, headers = '') =>
  send(`GET ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${headers}\r\n`);

test.each([
  ['bytes that are no HTTP', () => send('hello, is anybody there?\r\n\r\n'), 400, 'bad_request'],
  ['headers beyond the limit', () => get('/search?q=a', `x-much: ${'a'.repeat(300_000)}\r\n`), 431, 'header_too_large'],
  ['an address beyond the limit', () => get(`/search?q=${'a'.repeat(300_000)}`), 431, 'header_too_large'],
  ['an address that cannot be decoded', () => get('/page/%ZZ'), 400, 'bad_request'],
  ['an address that is half a UTF-8 character', () => get('/page/%C3'), 400, 'bad_request'],
  ['a header name that is none', () => get('/search?q=a', 'bad header: x\r\n'), 400, 'bad_request'],
  [
    'two lengths for one body',
    () => get('/search?q=a', 'content-length: 1\r\ncontent-length: 2\r\n'),
    400,
    'bad_request',
  ],
  [
    'a body whose end is told in two ways',
    () => get('/', 'content-length: 5\r\ntransfer-encoding: chunked\r\n'),
    400,
    'bad_request',
  ],
  ['no host', () => send('GET /api/search?q=a HTTP/1.1\r\n\r\n'), 400, undefined],
])('%s gets a problem', async (_name, ask, status, code) => {
  const before = asked.length;
  const reply = await ask();
  expect(reply.status).toBe(status);
  if (code !== undefined) {
    expect(reply.head).toContain('content-type: application/problem+json');
    expect(JSON.parse(reply.body)).toMatchObject({ status, code });
  }
  expect(asked.length).toBe(before);
});

test('after all of this the door still answers', async () => {
  const reply = await get('/api/search?q=still');
  expect(reply.status).toBe(200);
  expect(JSON.parse(reply.body)).toMatchObject({ query: 'still' });
});
