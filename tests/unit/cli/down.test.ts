import { expect, test } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { fakeCluster } from './fake-cluster.ts';
import { run } from './run.ts';

test('a cluster whose process and run file belong to somebody else is not called absent', async () => {
  await fakeCluster({ 'app-1': {} });
  const { exitCode, said } = await run('down', '--data', temporaryFolder());
  expect(said).toMatch(/cluster at port base \d+ \(t\) has no run file\b.*\banother user\b/);
  expect(exitCode).toBe(1);
});
