import { expect, test } from 'vitest';
import { clientComponent } from '../../../services/client/component.ts';
import { gatewayComponent } from '../../../services/gateway/component.ts';
import { RpcError } from '../../../shared/rpc/errors.ts';
import { doorOf, environment } from '../gateway/harness.ts';
import { madeUpApp } from '../gateway/made-up-app.ts';

/** A client in front of a real gateway in front of a made-up application tier. */
async function client(fail?: () => RpcError) {
  const { app, asked } = madeUpApp(fail);
  const gateway = await gatewayComponent.create(environment(gatewayComponent, 'gateway-2', { app }));
  const server = await doorOf(clientComponent, environment(clientComponent, 'client-1', { gateway: gateway.handlers }));
  const get = (url: string) => server.inject({ url, headers: { accept: 'text/html' } });
  return { get, asked };
}

test('start page, search and page come through the gateway, and each tier adds its name', async () => {
  const { get, asked } = await client();
  for (const url of ['/', '/search?q=dog&page=3&style=layered&explain=1', '/search', '/page/n1']) {
    const reply = await get(url);
    expect([url, reply.statusCode, reply.headers['content-type']]).toEqual([url, 200, 'text/html; charset=utf-8']);
  }
  expect(asked.map(({ request }) => request)).toMatchObject([
    { search: { q: '', page: 1, size: 10, explain: false }, format: 'html', via: ['client-1', 'gateway-2'] },
    {
      search: { q: 'dog', page: 3, size: 10, explain: true },
      style: 'layered',
      format: 'html',
      via: ['client-1', 'gateway-2'],
    },
    { search: { q: '' } },
    { id: 'n1', format: 'html' },
  ]);
});

test('suggestions are JSON', async () => {
  const { get } = await client();
  expect((await get('/suggest?prefix=do')).json()).toEqual({ suggestions: ['do'] });
});

test('parameters that nobody knows do no harm in an address that people pass on', async () => {
  const { get } = await client();
  expect((await get('/search?q=dog&utm_source=letter')).statusCode).toBe(200);
});

test('without a gateway the client still shows a page that says so, with the words that were searched', async () => {
  const server = await doorOf(
    clientComponent,
    environment(clientComponent, 'client-1', {
      gateway: {
        search: refuse,
        page: refuse,
        suggest: refuse,
        candidates: refuse,
        parts: refuse,
        texts: refuse,
        words: refuse,
      },
    }),
  );
  const reply = await server.inject({ url: '/search?q=dogs', headers: { accept: 'text/html' } });
  expect(reply.statusCode).toBe(503);
  expect(reply.body).toContain('The search cannot be answered now');
  expect(reply.body).toContain('no connection to gateway-1');
  expect(reply.body).toContain('value="dogs"');
  expect(reply.body).toContain('href="/search?q=dogs">Try again</a>');

  function refuse(): Promise<never> {
    return Promise.reject(new RpcError('unreachable', 'no connection to gateway-1 (ECONNREFUSED)'));
  }
});

test('a page that is not there is a page that says so', async () => {
  const { get } = await client();
  const reply = await get('/page/n404');
  expect(reply.statusCode).toBe(404);
  expect(reply.body).toContain('There is no such page');
});

test('the client has no API of its own', async () => {
  const { get } = await client();
  expect((await get('/api/search?q=a')).statusCode).toBe(404);
  expect((await get('/docs')).statusCode).toBe(404);
});
