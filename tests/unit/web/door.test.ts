import { createMetrics } from '../../../shared/observe/metrics.ts';
import { expect, test } from 'vitest';
import { gatewayComponent } from '../../../services/gateway/component.ts';
import { RpcError } from '../../../shared/rpc/errors.ts';
import { doorOf, environment } from '../gateway/harness.ts';
import { madeUpApp } from '../gateway/made-up-app.ts';

const door = async (app = madeUpApp()) => ({
  ...app,
  server: await doorOf(gatewayComponent, environment(gatewayComponent, 'gateway-1', { app: app.app })),
});

test('an unknown address is a problem that names it', async () => {
  const { server } = await door();
  const reply = await server.inject('/nowhere?x=1');
  expect(reply.statusCode).toBe(404);
  expect(reply.json()).toMatchObject({ code: 'not_found', detail: 'nothing answers /nowhere here' });
});

test.each([
  ['POST', '/api/search', 'GET, HEAD'],
  ['DELETE', '/api/pages/n1', 'GET, HEAD'],
  ['PUT', '/search', 'GET, HEAD'],
  ['PATCH', '/', 'GET, HEAD'],
  ['OPTIONS', '/api/suggest', 'GET, HEAD'],
] as const)('%s %s is a method that is not allowed there', async (method, url, allow) => {
  const { server } = await door();
  const reply = await server.inject({ method, url });
  expect(reply.statusCode).toBe(405);
  expect(reply.headers.allow).toBe(allow);
  expect(reply.json()).toMatchObject({ code: 'method_not_allowed' });
});

test('a form sent to a page that is only read is a wrong method, not a wrong type', async () => {
  const { server } = await door();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  expect((await server.inject({ method: 'POST', url: '/api/search', headers, payload: 'q=a' })).statusCode).toBe(405);
  expect((await server.inject({ method: 'POST', url: '/nowhere', headers, payload: 'q=a' })).statusCode).toBe(404);
});

test('a body that is too large is refused', async () => {
  const { server } = await door();
  const reply = await server.inject({
    method: 'POST',
    url: '/api/search',
    payload: { q: 'a'.repeat(2 * 1024 * 1024) },
  });
  expect(reply.statusCode).toBe(413);
  expect(reply.json()).toMatchObject({ code: 'too_large' });
});

test('broken JSON is a bad request', async () => {
  const { server } = await door();
  const headers = { 'content-type': 'application/json' };
  const reply = await server.inject({ method: 'POST', url: '/api/search', headers, payload: '{"q":' });
  expect(reply.json()).toMatchObject({ status: 400, code: 'bad_request', detail: 'the body is not valid JSON' });
});

test('a person who asks for a page gets a page that says what is wrong', async () => {
  const { server } = await door();
  const reply = await server.inject({ url: '/search?q=a&page=zero', headers: { accept: 'text/html,*/*' } });
  expect(reply.statusCode).toBe(400);
  expect(reply.headers['content-type']).toMatch(/^text\/html/);
  expect(reply.body).toContain('Page: must be a whole number from 1 to 1000.');
  expect(reply.body).toContain(`value="a"`);
  expect(reply.body).toContain(String(reply.headers['x-request-id']));
});

test('the same error is a problem for whoever does not ask for a page', async () => {
  const { server } = await door();
  expect((await server.inject('/search?q=a&page=zero')).headers['content-type']).toMatch(/^application\/problem\+json/);
});

test('where trying again may help, the failure page offers it, and only on this site', async () => {
  const away = madeUpApp(() => new RpcError('unavailable', 'no app is alive'));
  const { server } = await door(away);
  const headers = { accept: 'text/html' };
  const reply = await server.inject({ url: '/search?q=a%22b', headers });
  expect(reply.statusCode).toBe(503);
  expect(reply.body).toContain('href="/search?q=a%22b"');
  expect((await server.inject({ url: '//evil.example/search', headers })).body).not.toContain('href="//evil');
});

test('a request id and a trace of the caller are kept, malformed ones are replaced', async () => {
  const { server, asked } = await door();
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const kept = await server.inject({ url: '/api/search?q=a', headers: { 'x-request-id': 'order-7', traceparent } });
  expect(kept.headers['x-request-id']).toBe('order-7');
  expect(asked[0]?.context.trace).toMatchObject({ traceId: '4bf92f3577b34da6a3ce929d0e0e4736', sampled: true });
  expect(asked[0]?.context.trace.spanId).not.toBe('00f067aa0ba902b7');

  const made = await server.inject({
    url: '/api/search?q=a',
    headers: { 'x-request-id': 'a b<script>', traceparent: '00-zz-1-01' },
  });
  expect(made.headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
  expect(asked[1]?.context.requestId).toBe(made.headers['x-request-id']);
});

test('a caller may shorten the deadline, not stretch it', async () => {
  const { server, asked } = await door();
  for (const [i, wanted, expectedMs] of [
    [0, '200', 200],
    [1, '600000', 5_000],
    [2, 'soon', 5_000],
  ] as const) {
    const before = performance.now();
    await server.inject({ url: '/api/search?q=a', headers: { 'x-deadline-ms': wanted } });
    const remaining = asked[i]!.context.deadlineAt - before;
    expect(remaining).toBeGreaterThanOrEqual(expectedMs);
    expect(remaining).toBeLessThan(expectedMs + 1_000);
  }
});

test('an answer that does not come in time is a problem, even where nobody below looks at the clock', async () => {
  const { server } = await door(madeUpApp(() => new Promise<never>(() => {})));
  const reply = await server.inject({ url: '/api/search?q=a', headers: { 'x-deadline-ms': '20' } });
  expect(reply.statusCode).toBe(504);
  expect(reply.json()).toMatchObject({ code: 'deadline_exceeded', definite: false });
});

test('no answer may be framed, sniffed, or run what is not ours', async () => {
  const { server } = await door();
  for (const url of ['/search?q=a', '/api/search?q=a', '/nowhere']) {
    const { headers } = await server.inject({ url, headers: { accept: 'text/html' } });
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['strict-transport-security']).toBeUndefined();
  }
});

test('assets have an address of their content and stay for ever, other addresses do not', async () => {
  const { server } = await door();
  const page = await server.inject({ url: '/nowhere', headers: { accept: 'text/html' } });
  const url = /href="(\/assets\/tierlab\.[0-9a-f]{12}\.css)"/.exec(page.body)?.[1];
  const exact = await server.inject(url!);
  expect(exact.statusCode).toBe(200);
  expect(exact.headers['content-type']).toMatch(/^text\/css/);
  expect(exact.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  const older = await server.inject(url!.replace(/[0-9a-f]{12}/, '0123456789ab'));
  expect([older.statusCode, older.headers['cache-control'], older.body]).toEqual([200, 'no-cache', exact.body]);
  expect((await server.inject('/assets/..%2Fcomponent.ts')).statusCode).toBe(404);
});

test('requests are measured by route, not by address', async () => {
  const metrics = createMetrics({}, { process: false });
  const server = await doorOf(gatewayComponent, {
    ...environment(gatewayComponent, 'gateway-1', { app: madeUpApp().app }),
    metrics,
  });
  for (const url of ['/api/pages/n1', '/api/pages/n2', '/nowhere/1', '/nowhere/2']) await server.inject(url);
  const { text } = await metrics.render();
  expect(text).toContain(
    'tierlab_http_server_duration_seconds_count{route="/api/pages/:id",method="GET",status="200"} 1',
  );
  expect(text).toContain(
    'tierlab_http_server_duration_seconds_count{route="/api/pages/:id",method="GET",status="404"} 1',
  );
  expect(text).toContain('tierlab_http_server_duration_seconds_count{route="/*",method="GET",status="404"} 2');
});

test('the OpenAPI document describes the API and nothing else; its page needs no foreign script', async () => {
  const { server } = await door();
  const document = (await server.inject('/openapi.json')).json();
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.paths)).toEqual(['/api/search', '/api/pages/{id}', '/api/suggest']);
  const parameters = document.paths['/api/search'].get.parameters as { name: string; required?: boolean }[];
  expect(parameters.map(({ name, required = false }) => [name, required])).toEqual([
    ['q', true],
    ['page', false],
    ['size', false],
    ['explain', false],
    ['style', false],
  ]);
  const docs = await server.inject('/docs/');
  expect(docs.statusCode).toBe(200);
  expect(docs.headers['content-security-policy']).not.toContain('unsafe');
  expect(docs.headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
  expect((await server.inject('/docs/static/swagger-ui.css')).statusCode).toBe(200);
});

test('the link to a trace leads to the console, under the name by which the browser knows this machine', async () => {
  const nodes = [{ doors: { console: 7_590 } }] as never;
  const made = environment(gatewayComponent, 'gateway-1', { app: madeUpApp().app }, { nodes });
  const server = await doorOf(gatewayComponent, made);
  const reply = await server.inject({ url: '/trace/abc', headers: { host: 'lab.localhost:7080' } });
  expect(reply.statusCode).toBe(303);
  expect(reply.headers.location).toBe('http://lab.localhost:7590/#/trace/abc');
  expect((await server.inject('/trace/a%22b')).statusCode).toBe(400);
});
