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
  expect(said.split('\n')).toEqual([
    'app-1: alive, limping',
    '',
    'calls        12/s',
    'succeed      99.87%',
    'median       3.2 ms',
    'slowest 1%   41 ms',
    'in flight    2, wait up to 250 ms',
    'event loop   3.1% busy, 0.4 ms late',
    'circuits     ranking open',
    'memory       84 MB',
    '',
  ]);
  expect(exitCode).toBe(0);
  expect(JSON.parse((await run('status', 'app-1', '--json')).said)).toEqual({ id: 'app-1', ...now });
});

test('status of a node that does not answer says so', async () => {
  await fakeCluster({ 'app-1': {}, 'console-1': { '/api/now': { nodes: { 'app-1': { state: 'dead' } } } } });
  expect((await run('status', 'app-1')).said).toBe(
    'app-1: dead\n\nIts ops port does not answer, so there are no numbers.\n',
  );
});

test('status refuses an unknown node, and names the reason where no console reads numbers', async () => {
  await fakeCluster({ 'app-1': {} });
  expect(await run('status', 'app-9')).toMatchObject({ exitCode: 2, said: expect.stringContaining('there are app-1') });
  const { exitCode, said } = await run('status', 'app-1');
  expect(said).toContain('topology t has no component "console": nobody reads the numbers of nodes');
  expect(exitCode).toBe(1);
});
