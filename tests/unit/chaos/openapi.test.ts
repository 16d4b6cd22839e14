import pino from 'pino';
import { expect, test } from 'vitest';
import { chaosRoutes } from '../../../services/chaos/rest.ts';
import { createDoor } from '../../../shared/cluster/door.ts';

const door = async () => {
  const injected: unknown[] = [];
  const server = createDoor(pino({ level: 'silent' }), undefined);
  const controller = { dryRun: (body: unknown) => void injected.push(body), list: () => [] };
  await chaosRoutes(server, { token: 'token', hosts: ['lab.example.org'], controller } as never);
  return { server, injected };
};

test('the description has every route with its body, and says what needs the operator token', async () => {
  const { server } = await door();
  const { json } = await server.inject('/api/chaos/openapi.json');
  const { openapi, paths } = json<{
    openapi: string;
    paths: Record<string, Record<string, Record<string, unknown>>>;
  }>();
  expect(openapi).toBe('3.1.0');
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { requestBody, security }]) => {
      const body = requestBody === undefined ? '' : ' with a body';
      return `${method} ${path}${body}${(security as unknown[]).length > 0 ? ' needs the token' : ''}`;
    }),
  );
  expect(routes.sort()).toEqual([
    'delete /api/chaos/faults/{id} needs the token',
    'get /api/chaos/',
    'get /api/chaos/experiments',
    'get /api/chaos/experiments/{name}',
    'get /api/chaos/faults',
    'get /api/chaos/journal',
    'get /api/chaos/kinds',
    'post /api/chaos/experiments with a body needs the token',
    'post /api/chaos/faults with a body needs the token',
    'post /api/chaos/halt with a body needs the token',
  ]);
  expect(JSON.stringify(paths['/api/chaos/faults']!.post)).toContain('ttlMs');
});

test.each([
  ['GET', {}, 200],
  ['GET', { origin: 'http://localhost:80' }, 200],
  ['GET', { host: 'lab.example.org' }, 200],
  ['GET', { origin: 'http://evil.example' }, 403],
  ['GET', { host: 'evil.example' }, 403],
  ['POST', {}, 401],
  ['POST', { authorization: 'Bearer guess' }, 401],
  ['POST', { authorization: 'Bearer token', origin: 'http://evil.example' }, 403],
  ['POST', { authorization: 'Bearer token', host: 'evil.example' }, 403],
] as const)('%s /api/chaos/faults with %j is answered by status %d', async (method, headers, status) => {
  const { server, injected } = await door();
  const answer = await server.inject({
    method,
    url: '/api/chaos/faults',
    headers: { host: 'localhost:80', ...headers },
    ...(method === 'POST' && { payload: {} }),
  });
  expect([answer.statusCode, injected]).toEqual([status, []]);
});

test('a body that does not fit reaches the controller, which names what would do instead', async () => {
  const { server, injected } = await door();
  const headers = { authorization: 'Bearer token' };
  await server.inject({ method: 'POST', url: '/api/chaos/faults?dryRun=true', headers, payload: { odd: true } });
  expect(injected).toEqual([{ odd: true }]);
});

test.each([
  ['at the top', '{"kind":"none","kind":"stop.kill"}', 'kind'],
  ['in another spelling', '{"kind":"none",\n"\\u006bind":"stop.kill"}', 'kind'],
  ['deeper', '{"target":{"component":"html","component":"database"}}', 'target.component'],
  ['in a list', '{"groups":[{"a":1},{"a":1,"a":2}]}', 'groups.1.a'],
  ['with the same value', '{"ttlMs":1,"ttlMs":1}', 'ttlMs'],
  ['on another line', '{"params":{},\n"params":{"meanMs":1}}', 'params'],
])('a body with a field that is written twice, %s, is refused', async (_, payload, field) => {
  const { server, injected } = await door();
  const headers = { authorization: 'Bearer token', 'content-type': 'application/json' };
  const answer = await server.inject({ method: 'POST', url: '/api/chaos/faults?dryRun=true', headers, payload });
  expect([answer.statusCode, injected]).toEqual([400, []]);
  expect(answer.json()).toMatchObject({ code: 'bad_request', detail: expect.stringContaining(`${field} is written`) });
});
