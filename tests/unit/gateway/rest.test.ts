import { expect, test } from 'vitest';
import { gatewayComponent } from '../../../services/gateway/component.ts';
import { RpcError } from '../../../shared/rpc/errors.ts';
import { doorOf, environment } from './harness.ts';
import { madeUpApp } from './made-up-app.ts';

async function gateway(fail?: () => RpcError) {
  const { app, asked } = madeUpApp(fail);
  const server = await doorOf(gatewayComponent, environment(gatewayComponent, 'gateway-2', { app }));
  return {
    asked,
    get: (url: string, headers: Record<string, string> = {}) => server.inject({ method: 'GET', url, headers }),
    server,
  };
}

test('a search answers exactly the promised fields, in their order', async () => {
  const { get } = await gateway();
  const reply = await get('/api/search?q=dog&page=2&size=5');
  expect(reply.statusCode).toBe(200);
  expect(reply.headers['content-type']).toMatch(/^application\/json/);
  expect(reply.body).toBe(
    '{"query":"dog","total":1,"page":2,"size":5,"tookMs":1.25,' +
      '"servedBy":["gateway-2","app-1","query-1","database-1-1"],' +
      '"results":[{"id":"n1","title":"dog","url":"/page/n1","snippet":"dog","score":1.5}]}',
  );
});

test('the defaults are page 1 of 10 results, unexplained, in the topology’s style', async () => {
  const { get, asked } = await gateway();
  await get('/api/search?q=dog');
  expect(asked[0]?.request).toEqual({
    search: { q: 'dog', page: 1, size: 10, explain: false },
    style: undefined,
    format: 'json',
    via: ['gateway-2'],
  });
});

test('explanations and the style are passed on', async () => {
  const { get, asked } = await gateway();
  const reply = await get('/api/search?q=dog&explain=true&style=layered');
  expect(reply.json().results[0].explanation).toMatchObject({ relevance: 1, score: 1 });
  expect(asked[0]?.request).toMatchObject({ style: 'layered', search: { explain: true } });
});

test.each([
  ['/api/search', 'q: is missing'],
  ['/api/search?q=a&q=b', 'q: is given more than once'],
  [`/api/search?q=${'a'.repeat(10_001)}`, 'q: must be no longer than 10000 characters'],
  ['/api/search?q=a&page=0', 'page: must be a whole number from 1 to 1000'],
  ['/api/search?q=a&page=-1', 'page: must be a whole number from 1 to 1000'],
  ['/api/search?q=a&page=1.5', 'page: must be a whole number from 1 to 1000'],
  ['/api/search?q=a&page=', 'page: must be a whole number from 1 to 1000'],
  ['/api/search?q=a&page=two', 'page: must be a whole number from 1 to 1000'],
  ['/api/search?q=a&page=99999999999999999999', 'page: must be a whole number from 1 to 1000'],
  ['/api/search?q=a&page=1&page=2', 'page: is given more than once'],
  ['/api/search?q=a&size=0', 'size: must be a whole number from 1 to 100'],
  ['/api/search?q=a&size=101', 'size: must be a whole number from 1 to 100'],
  ['/api/search?q=a&page=101', 'page: a search shows at most 1000 results; with 10 on a page, page 100 is the last'],
  ['/api/search?q=a&explain=maybe', 'explain: must be true or false'],
  ['/api/search?q=a&style=baroque', 'style: must be one of: object-based, layered'],
  ['/api/search?q=a&colour=red', 'colour: is not a parameter here; there are q, page, size, explain, style'],
  ['/api/search?q=a&__proto__=x', '__proto__: is not a parameter here; there are q, page, size, explain, style'],
  ['/api/pages/n1?x=1', 'x: is not a parameter here; there are none'],
  [`/api/pages/${'n'.repeat(129)}`, 'id: is not valid'],
  ['/api/pages/a%20b', 'id: is not valid'],
  ['/api/suggest', 'prefix: is missing'],
  [`/api/suggest?prefix=${'a'.repeat(201)}`, 'prefix: must be no longer than 200 characters'],
  ['/api/suggest?prefix=a&size=21', 'size: must be a whole number from 1 to 20'],
])('%s is refused by name', async (url, detail) => {
  const { get, asked } = await gateway();
  const reply = await get(url);
  expect(reply.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(reply.json()).toMatchObject({
    status: 400,
    code: 'bad_request',
    definite: true,
    detail,
    requestId: reply.headers['x-request-id'],
  });
  expect(reply.statusCode).toBe(400);
  expect(asked).toEqual([]);
});

test.each([
  ['an empty query', '', ''],
  ['a query of 10,000 characters', 'a'.repeat(10_000), 'a'.repeat(10_000)],
  ['emoji and other scripts', '🐕 東京 é', '🐕 東京 é'],
  ['a percent sign that is no encoding', '%', '%'],
])('%s is a query', async (_name, q, expected) => {
  const { get, asked } = await gateway();
  const reply = await get(`/api/search?q=${q === '%' ? '%ZZ' : encodeURIComponent(q)}`);
  expect(reply.statusCode).toBe(200);
  expect(asked[0]?.request).toMatchObject({ search: { q: q === '%' ? '%ZZ' : expected } });
});

test('a page is given with its links, an unknown one is not found', async () => {
  const { get } = await gateway();
  expect((await get('/api/pages/n1')).json()).toEqual({
    id: 'n1',
    title: 'one',
    body: 'text',
    keywords: ['k'],
    url: '/page/n1',
    links: [],
  });
  const missing = await get('/api/pages/n2', { accept: 'text/html' });
  expect(missing.statusCode).toBe(404);
  expect(missing.json()).toMatchObject({ code: 'not_found', detail: expect.stringMatching(/\bn2\b/) });
});

test('suggestions are given', async () => {
  const { get } = await gateway();
  expect((await get('/api/suggest?prefix=do&size=3')).json()).toEqual({ suggestions: ['do'] });
});

test('an error of the tiers below keeps its code, its node and its retry-after', async () => {
  const { get } = await gateway(
    () => new RpcError('overloaded', 'app-1 is full', { retryAfterMs: 1_200, node: 'app-1' }),
  );
  const reply = await get('/api/search?q=a');
  expect(reply.statusCode).toBe(503);
  expect(reply.headers['retry-after']).toBe('2');
  expect(reply.json()).toMatchObject({ code: 'overloaded', node: 'app-1', retryAfterMs: 1_200, definite: true });
});

test('what nobody expected says nothing about the inside', async () => {
  const { app } = madeUpApp();
  const broken = { ...app, search: () => Promise.reject(new TypeError('secret at /srv/app.ts:12')) };
  const server = await doorOf(gatewayComponent, environment(gatewayComponent, 'gateway-1', { app: broken }));
  const reply = await server.inject('/api/search?q=a');
  expect(reply.json()).toMatchObject({ status: 500, code: 'internal', definite: false });
  expect(reply.body).not.toContain('secret');
  expect(reply.body).not.toContain('.ts');
});
