import { readFileSync, statSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { query } from '../../../services/query/contract.ts';
import { RpcError } from '../../../shared/rpc/errors.ts';
import { newTrace } from '../../../shared/rpc/trace-context.ts';
import { httpClientTransport, type HttpClientTransport } from '../../../shared/rpc/transports/http-client.ts';
import { createAuthority, issueIdentity, type Identity } from '../../../shared/security/certificates.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { systemRandom } from '../../../shared/time/random.ts';
import { dataFolder, startCluster, tierlab, type TestCluster } from '../../support/cluster.ts';
import { relay, type Relay } from '../../support/relay.ts';
import { twoPages } from '../../support/two-pages.ts';
import { testCall } from '../../unit/rpc/layers/helpers.ts';

let cluster: TestCluster;
let tapped: Relay;
const transports: HttpClientTransport[] = [];

beforeAll(async () => {
  cluster = await startCluster({ dataDir: await dataFolder(twoPages), env: { TIERLAB_TLS: '1' } });
  tapped = await relay(0, await portOf('query-1'));
}, 120_000);

afterAll(async () => {
  await Promise.all(transports.map((transport) => transport.close()));
  await tapped?.close();
});

const portOf = async (id: string) => (await cluster.node(id)).port;

const fileOf = (node: string): string => path.join(cluster.runDir, 'tls', `${node}.json`);
const identityOf = (node: string): Identity => JSON.parse(readFileSync(fileOf(node), 'utf8')) as Identity;

/** Asks query-1 for a plan; `as` = the name that the caller claims. The error's code, or 'ok'. */
async function ask(as: string, identity: Identity | undefined, meant = 'query-1', port?: number): Promise<string> {
  const transport = httpClientTransport({
    node: as,
    clock: systemClock,
    ...(identity && { identity: () => identity }),
  });
  transports.push(transport);
  const call = testCall({
    component: 'query',
    operation: query.operations.plan,
    request: { q: 'dog and cat' },
    trace: newTrace(systemRandom),
    deadlineAt: systemClock.now() + 5_000,
    signal: AbortSignal.timeout(5_000),
    endpoint: { node: meant, host: '127.0.0.1', port: port ?? (await portOf('query-1')) },
  });
  return transport.send(call).then(
    () => 'ok',
    (error: RpcError) => error.code,
  );
}

test('a search goes through all tiers, and the public doors stay plain HTTP', async () => {
  const answer = (await (await fetch(`${cluster.gateway}/api/search?q=dog`)).json()) as {
    results: { title: string }[];
  };
  expect(answer.results.map(({ title }) => title)).toEqual(['dog']);
  expect((await fetch(`${cluster.client}/search?q=cat`)).status).toBe(200);
  expect((await fetch(`${cluster.console}/api/about`)).status).toBe(200);
  const status = await tierlab('status', ...cluster.flags);
  expect(status.stdout).toMatch(/query-1 +ready/);
  const search = await tierlab('search', 'cat', ...cluster.flags);
  expect(search.stdout).toContain('a domestic animal that purrs');
});

test('a node may call another with its own certificate and in its own name', async () => {
  expect(await ask('app-1', identityOf('app-1'))).toBe('ok');
});

test('who shows no certificate is refused', async () => {
  const { ca } = identityOf('app-1');
  expect(await ask('app-1', { ca, cert: '', key: '' })).toMatch(/unreachable|connection_lost/);
  expect(await ask('app-1', undefined)).toBe('connection_lost');
});

test('who shows a certificate of another authority is refused, even in the right name', async () => {
  const foreign = await issueIdentity(await createAuthority('elsewhere'), 'app-1', []);
  const stranger = { ...foreign, ca: identityOf('app-1').ca };
  expect(await ask('app-1', stranger)).toMatch(/unreachable|connection_lost/);
});

test('who claims the name of another node is refused with a code', async () => {
  expect(await ask('gateway-1', identityOf('app-1'))).toBe('forbidden');
});

test('nobody on the way can read along', async () => {
  expect(await ask('app-1', identityOf('app-1'), 'query-1', tapped.port)).toBe('ok');
  const seen = tapped.seen().toString('latin1');
  expect(seen.length).toBeGreaterThan(1_000);
  expect(seen).not.toMatch(/rpc|plan|dog|x-caller|HTTP\/1\.1/);
});

test('the data port answers nothing to plain HTTP', async () => {
  const port = await portOf('query-1');
  const answer = await new Promise<string>((resolve) => {
    const socket = connectTcp(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'));
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1'))).on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
  expect(answer).not.toContain('HTTP/1.1 200');
});

test('identities are readable by their owner only, each in a file of its own, and no file can issue more', () => {
  for (const node of ['app-1', 'query-1']) expect(statSync(fileOf(node)).mode & 0o777).toBe(0o600);
  expect(identityOf('app-1').key).not.toBe(identityOf('query-1').key);
  expect(identityOf('app-1').ca).toBe(identityOf('query-1').ca);
});
