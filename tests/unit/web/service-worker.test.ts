import { expect, test } from 'vitest';
import Fastify from 'fastify';
import { loadAssets, type Assets } from '../../../web/assets.ts';
import { workerRoutes } from '../../../web/service-worker.ts';

const doors = [8080, 8000, 8001];

async function serverOf(assets: Assets = loadAssets()) {
  const server = Fastify();
  workerRoutes(server, assets, doors);
  server.get('/search', async () => 'found');
  await server.ready();
  return server;
}

test('the worker may ask the other doors of its own host, and nobody else', async () => {
  const server = await serverOf();
  const policyFor = async (host: string) =>
    (await server.inject({ url: '/worker.js', headers: { host } })).headers['content-security-policy'];
  expect(await policyFor('localhost:8080')).toBe(
    "default-src 'none'; connect-src 'self' http://localhost:8080 http://localhost:8000 http://localhost:8001",
  );
  expect(await policyFor("x;script-src *'")).toBe("default-src 'none'; connect-src 'self'");
});

test('a door answers the workers of the other doors of its host only', async () => {
  const server = await serverOf();
  const allowed = async (origin: string) =>
    (await server.inject({ url: '/search', headers: { host: 'localhost:8001', origin } })).headers[
      'access-control-allow-origin'
    ];
  expect(await allowed('http://localhost:8000')).toBe('http://localhost:8000');
  for (const origin of ['http://localhost:9999', 'http://example.org:8000', 'https://localhost:8000', 'null'])
    expect([origin, await allowed(origin)]).toEqual([origin, undefined]);
});

test('another build has another version, so that it keeps its own pages', async () => {
  const versionOf = async (assets: Assets) => {
    const { body } = await (await serverOf(assets)).inject({ url: '/worker.js' });
    return /"version":"([0-9a-f]{12})"/.exec(body)?.[1];
  };
  const assets = loadAssets();
  const version = await versionOf(assets);
  expect(version).toBeDefined();
  expect(await versionOf(assets)).toBe(version);
  expect(await versionOf({ ...assets, urls: { ...assets.urls, script: '/assets/suggest.0123456789ab.js' } })).not.toBe(
    version,
  );
});
