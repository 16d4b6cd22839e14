import { expect, test } from 'vitest';
import type { NodeLive, NodeNow } from '../../../services/console/live/snapshot.ts';
import { fakeCluster } from './fake-cluster.ts';
import { rowOf } from './output.ts';
import { run } from './run.ts';

test('status shows how often a node was restarted, and the last reason', async () => {
  const restarted = { restarts: 2, lastRestart: 'repair' };
  await fakeCluster({ 'app-1': {} }, restarted);
  expect(rowOf((await run('status')).said, 'app-1')).toMatchObject({ state: 'ready', restarts: '2 (repair)' });
  expect(JSON.parse((await run('status', '--json')).said)).toMatchObject({ nodes: [restarted] });
  await fakeCluster({ 'app-1': {} });
  expect(rowOf((await run('status')).said, 'app-1')).toMatchObject({ state: 'ready', pid: '1', restarts: '' });
});

const live: NodeLive = {
  incarnation: 1,
  upMs: 60_000,
  lagMs: 0.4,
  busy: 0.031,
  memoryMb: 84,
  served: { rate: 12, ok: 0.9987, p50: 3.2, p99: 41 },
  inFlight: 2,
  longestWaitMs: 250,
  ejects: [],
  circuits: { ranking: 'open' },
};

test('status of one node shows the numbers that the console has', async () => {
  const now: NodeNow = { state: 'alive', verdict: 'limping', live };
  await fakeCluster({ 'app-1': {}, 'console-1': { '/api/now': { nodes: { 'app-1': now } } } });
  const { said, exitCode } = await run('status', 'app-1');
  const [head = '', , ...lines] = said.trimEnd().split('\n');
  expect([head, exitCode]).toEqual(['app-1: alive, limping', 0]);
  expect(lines.map((line) => line.match(/\d[\d.]*(%|\/s| ms| MB)?(?= |,|$)/g))).toEqual([
    ['12/s'],
    ['99.87%'],
    ['3.2 ms'],
    ['1%', '41 ms'],
    ['2', '250 ms'],
    ['3.1%', '0.4 ms'],
    null,
    ['84 MB'],
  ]);
  expect(said).toMatch(/\branking open$/m);
  expect(JSON.parse((await run('status', 'app-1', '--json')).said)).toEqual({ id: 'app-1', ...now });
});

test('status of a node that does not answer says so', async () => {
  await fakeCluster({ 'app-1': {}, 'console-1': { '/api/now': { nodes: { 'app-1': { state: 'dead' } } } } });
  const { said } = await run('status', 'app-1');
  expect(said).toMatch(/^app-1: dead\n\n.*\bops port\b.*\n$/);
});

test('status refuses an unknown node, and names the reason where no console reads numbers', async () => {
  await fakeCluster({ 'app-1': {} });
  const unknown = await run('status', 'app-9');
  expect([unknown.said, unknown.exitCode]).toEqual([expect.stringMatching(/\bapp-9\b.*\bapp-1\b/), 2]);
  const { exitCode, said } = await run('status', 'app-1');
  expect(said).toContain('"console"');
  expect(exitCode).toBe(1);
});
