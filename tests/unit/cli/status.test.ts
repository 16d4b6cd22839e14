import { expect, test } from 'vitest';
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
