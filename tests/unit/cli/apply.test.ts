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
  const { said, exitCode } = await run('apply', 'tiny', '--dry-run');
  expect(exitCode, said).toBe(0);
  return said;
}

/** The nodes that a plan adds, removes or restarts. */
const changesIn = (plan: string): readonly string[] => plan.match(/^[+~-] \S+/gm) ?? [];

test('a topology that runs already is no change, unless an apply of it was interrupted', async () => {
  expect(changesIn(await planOf(false))).toEqual([]);
  expect(changesIn(await planOf(true))).toEqual(['~ monitor-1', '~ control-1']);
});

test('another name is a change: the control nodes show it', async () => {
  expect(changesIn(await planOf(false, 'another'))).toEqual(['~ monitor-1', '~ control-1']);
});
