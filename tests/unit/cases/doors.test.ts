import { request } from 'node:http';
import type { Server } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { metricsServer } from '../../../loadgen/report/metrics-server.ts';
import { isOwnHost, ownHosts } from '../../../shared/control/own-host.ts';
import { createControlServer } from '../../../shared/control/server.ts';
import { createDataPort } from '../../../shared/cluster/data-port.ts';
import { digestOf } from '../../../shared/security/same-secret.ts';
import { listen } from '../../support/listen.ts';

test.each([
  ['localhost:8080', true],
  ['LOCALHOST', true],
  ['console.localhost:8090', true],
  ['127.0.0.1:7100', true],
  ['[::1]:7100', true],
  ['192.168.1.7', true],
  ['ranking-2:7100', true],
  ['evil.example', false],
  ['localhost.evil.example', false],
  ['127.0.0.1.evil.example:7100', false],
  ['lab.example.org', false],
  ['', false],
  [undefined, false],
])('R5 a Host header of %j is ours: %j', (host, own) => expect(isOwnHost(host)).toBe(own));

test('R5 further names can be allowed', () => {
  const hosts = ownHosts({ TIERLAB_ALLOWED_HOSTS: ' lab.example.org, Two.example.org ' });
  expect(isOwnHost('lab.example.org:8080', hosts)).toBe(true);
  expect(isOwnHost('two.example.org', hosts)).toBe(true);
  expect(isOwnHost('three.example.org', hosts)).toBe(false);
  expect(ownHosts({})).toEqual([]);
});

interface Answer {
  readonly status: number;
  readonly body: string;
}

const ask = async (server: Server, path: string, headers: Record<string, string>, method = 'GET') =>
  askPort(await listen(server), path, headers, method);

function askPort(port: number, path: string, headers: Record<string, string>, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ port, host: '127.0.0.1', path, method, headers, agent: false }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode!, body }));
    });
    outgoing.on('error', reject).end();
  });
}

const control = () =>
  createControlServer(
    [
      { method: 'GET', path: '/admin/state', access: 'open', handle: () => ({ secret: 'state' }) },
      { method: 'POST', path: '/nodes/:id/:action', access: 'operator', handle: (parameters) => parameters },
    ],
    digestOf('token'),
  );
const data = () =>
  createDataPort(
    (_request, response) => response.end('rpc'),
    (_request, response) => response.end('public'),
  );

test.each([
  ['the state on a control port', control, '/admin/state'],
  ['an order on a control port', control, '/nodes/a/stop'],
  ['an RPC call', data, '/rpc/database/find'],
  ['a public page', data, '/page/n1'],
])('R5 %s is refused when the Host is foreign, before anything is looked up', async (_, create, path) => {
  const { status, body } = await ask(create(), path, { host: 'evil.example' });
  expect(status).toBe(403);
  expect(JSON.parse(body)).toMatchObject({ code: 'forbidden' });
  expect(body).not.toContain('secret');
});

test('R5 the same requests with a Host of ours are answered', async () => {
  expect((await ask(control(), '/admin/state', { host: 'localhost' })).body).toContain('secret');
  expect((await ask(data(), '/rpc/database/find', { host: '127.0.0.1:7100' })).body).toBe('rpc');
  expect((await ask(data(), '/page/n1', { host: 'localhost:8080' })).body).toBe('public');
});

test.each([
  ['/nodes/a/stop', 'POST', {}, 401],
  ['/nodes/a/stop', 'POST', { authorization: 'Bearer wrong' }, 401],
  ['/nodes/a/stop', 'POST', { authorization: 'Bearer token' }, 200],
  ['/nodes/a/stop', 'POST', { authorization: 'Bearer token', origin: 'http://evil.example' }, 403],
  ['/nodes/a/stop', 'GET', {}, 405],
  ['/nodes/a', 'POST', {}, 404],
  [`/nodes/${'a'.repeat(200)}/stop`, 'POST', { authorization: 'Bearer token' }, 404],
  ['/admin/state', 'HEAD', {}, 200],
] as const)('a control port answers %s %s with headers %j by status %d', async (path, method, headers, status) => {
  expect((await ask(control(), path, { host: 'localhost', ...headers }, method)).status).toBe(status);
});

test.each([
  ['evil.example', 403],
  ['localhost.evil.example:8700', 403],
  ['localhost:8700', 200],
  ['load:8700', 200],
])('R5 the metrics of a load run, asked with the Host %s: %d', async (host, status) => {
  const server = await metricsServer('0', { kind: 'closed', users: 1, thinkMs: { kind: 'none' } }, () => undefined);
  onTestFinished(() => server!.close());
  const answer = await askPort(server!.port, '/metrics', { host });
  expect(answer.status).toBe(status);
  expect(answer.body.includes('tierlab_load_')).toBe(status === 200);
});
