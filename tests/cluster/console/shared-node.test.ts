import { expect, test } from 'vitest';
import { dataFolder, startCluster } from '../../support/cluster.ts';
import { topologyFile } from '../../support/made-topology.ts';

test('a monitor and the console may share a node: no address belongs to both', async () => {
  const dataDir = await dataFolder([{ id: 'a', title: 'water', body: 'water is wet' }]);
  const topology = topologyFile(dataDir, 'shared', [
    { name: 'control', components: ['monitor', 'chaos', 'traces', 'console'], replicas: 1 },
    { name: 'server', components: ['gateway', 'app', 'query', 'database', 'ranking', 'html'], replicas: 1 },
  ]);
  const cluster = await startCluster({ dataDir, topology });
  expect(await (await fetch(`${cluster.console}/api/about`)).json()).toMatchObject({
    name: 'shared',
    own: 'control-1',
  });
  const view = (await (await fetch(`${cluster.console}/api/view`)).json()) as { members: { node: string }[] };
  expect(view.members.map(({ node }) => node)).toEqual(['control-1', 'server-1']);
}, 60_000);
