import { expect, test } from 'vitest';
import { fakeCluster } from './fake-cluster.ts';
import { run } from './run.ts';

test('status tells how often a node was restarted, and why the last time', async () => {
  await fakeCluster({ 'app-1': {} }, { restarts: 2, lastRestart: 'repair' });
  expect((await run('status')).said).toMatch(/^app-1 +ready .* 2 \(repair\)$/m);
  expect(JSON.parse((await run('status', '--json')).said)).toMatchObject({
    nodes: [{ restarts: 2, lastRestart: 'repair' }],
  });
  await fakeCluster({ 'app-1': {} });
  expect((await run('status')).said).toMatch(/^app-1 +ready .* 1$/m);
});
