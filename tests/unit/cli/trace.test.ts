import type { AddressInfo } from 'node:net';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { tracesComponent } from '../../../services/traces/component.ts';
import { doorOf, environment } from '../gateway/harness.ts';
import { clusterAt, fakeCluster } from './fake-cluster.ts';
import { rowOf, rowsOf } from './output.ts';
import { run } from './run.ts';

/** A cluster whose node traces-1 runs the real component, which has no traces yet. */
beforeEach(async () => {
  const server = await doorOf(tracesComponent, environment(tracesComponent, 'traces-1', {}, { nodes: [] }));
  await server.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => server.close());
  await fakeCluster({ 'traces-1': {} }, { doors: {}, publicPort: (server.server.address() as AddressInfo).port });
});

test.each<[string, readonly string[], number, RegExp]>([
  ['an unknown id', ['no-such-id'], 1, /\bno-such-id\b/],
  ['an id that cannot be one', ['../secret'], 1, /id/],
  ['an endless id', ['x'.repeat(65)], 1, /id/],
  ['a word instead of a time', ['--since', 'yesterday'], 2, /\b10m\b/],
  ['a time without a unit', ['--since', '10'], 2, /\b10m\b/],
  ['a time in the future', ['--since=-5m'], 2, /\b10m\b/],
  ['--limit 0', ['--limit', '0'], 2, /\bfrom 1\b/],
  ['half a trace', ['--limit', '1.5'], 2, /\bfrom 1\b/],
  ['no number', ['--limit', 'all'], 2, /\bfrom 1\b/],
  ['more than the collector gives', ['--limit', '501'], 1, /limit.*500/],
  ['an id and a filter', ['r1', '--slowest'], 2, /--slowest\b/],
  ['an id and a time', ['r1', '--since', '1m'], 2, /--since\b/],
  ['two ids', ['r1', 'r2'], 2, /\barguments\b/],
])('trace refuses %s, and says why', async (_, args, exitCode, says) => {
  const result = await run('trace', ...args);
  expect(result.said).toMatch(says);
  expect(result.exitCode).toBe(exitCode);
  expect(result.said).not.toMatch(/ {4}at |\[object/);
});

test('where no request was made yet, the list says so, and as JSON it is empty', async () => {
  for (const flags of [[], ['--slowest'], ['--errors', '--since', '10m'], ['--limit', '500'], ['--times']]) {
    const { said, exitCode } = await run('trace', ...flags);
    expect([said, rowsOf(said), exitCode]).toEqual([expect.stringMatching(/^No trace\b.*\n$/), [], 0]);
  }
  expect(JSON.parse((await run('trace', '--json')).said)).toEqual({ traces: [] });
});

test('a topology without the component traces is named as such', async () => {
  await fakeCluster({ 'app-1': {} });
  const { exitCode, said } = await run('trace');
  expect(said).toContain('"traces"');
  expect(exitCode).toBe(1);
});

test('a collector that has died just now is named', async () => {
  await fakeCluster({ 'traces-1': undefined });
  const { exitCode, said } = await run('trace', 'r1');
  expect(said).toMatch(/\bport 1\b/);
  expect(exitCode).toBe(1);
});

test('the times of the usual request show which component works most', async () => {
  const tier = (component: string, workMs: number) => ({
    component,
    heldMs: 10,
    workMs,
    waitForDataMs: 10 - workMs,
    waitForResultMs: 0,
    wayMs: 1,
  });
  const times = { request: 'GET /search', requests: 4, durationMs: 12, tiers: [tier('app', 2), tier('database', 6)] };
  await fakeCluster({ 'traces-1': { '/api/traces/times': times } });
  const { said } = await run('trace', '--times');
  expect(said).toMatch(/\bGET \/search\b.*\b12\.0 ms\b.*\b4\b/);
  expect(rowOf(said, 'database')).toMatchObject({
    held: '10.0 ms',
    work: '6.0 ms',
    'of all work': '75%',
    'on the way': '1.0 ms',
  });
  expect(await run('trace', '--times', '--slowest')).toMatchObject({ exitCode: 2 });
});

test('the command below the list finds the same cluster, and the request in it', async () => {
  const summary = { request: 'GET /search', at: 0, durationMs: 12, outcome: 'ok', because: 'slow' };
  const traces = [{ ...summary, traceId: 't1', requestId: 'r1', hops: 4, extraAttempts: 0 }];
  await fakeCluster({ 'traces-1': { '/api/traces': { traces } } });
  const { said } = await run('trace', '--data', '/elsewhere');
  expect(said).toMatch(new RegExp(`trace r1 --port-base ${process.env.TIERLAB_PORT_BASE} --data /elsewhere\n`));
});

test('D1: --since counts back from the clock of the cluster, not from that of this machine', async () => {
  let asked = '';
  await fakeCluster({ 'traces-1': { '/api/traces': (url: string) => ((asked = url), { traces: [] }) } });
  await run('trace', '--since', '5m');
  expect(new URL(asked, 'http://t').searchParams.get('since')).toBe(String(clusterAt - 300_000));
});
