import { expect, test } from 'vitest';
import { topologyOf } from '../../../cli/topology.ts';
import { fakeCluster } from './fake-cluster.ts';
import { run } from './run.ts';

const ids = ['monitor', 'database', 'query', 'ranking', 'html', 'app', 'gateway', 'client', 'control'];

/** The plan of `apply tiny` where `tiny` runs, but its topology has this name. */
async function planOf(isChanging: boolean, name = 'tiny'): Promise<string> {
  const topology = { ...(await topologyOf('tiny', {})), name };
  await fakeCluster(
    Object.fromEntries(ids.map((id) => [`${id}-1`, {}])),
    {},
    { '/topology': { topology, isChanging } },
  );
  return (await run('apply', 'tiny', '--dry-run')).said;
}

test('a topology that runs already is no change, unless an apply of it was interrupted', async () => {
  expect(await planOf(false)).toBe('The cluster has this topology already\n');
  expect(await planOf(true)).toBe('~ monitor-1 restarts once\n~ control-1 restarts once\n');
});

test('another name is a change: the control nodes show it', async () => {
  expect(await planOf(false, 'another')).toBe('~ monitor-1 restarts once\n~ control-1 restarts once\n');
});
