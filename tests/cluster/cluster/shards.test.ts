import { expect, test } from 'vitest';
import { dataFolder, startCluster, type TestPage } from '../../support/cluster.ts';
import { topologyFile } from '../../support/made-topology.ts';

const pages: TestPage[] = ['dog', 'cat', 'cow', 'hen', 'fox', 'owl', 'bee', 'ant'].map((id) => ({
  id,
  title: id,
  body: 'a kind of animal',
}));
const dataDir = await dataFolder(pages);

test('application servers that hold one of two shards each find every page, and each page once', async () => {
  const topology = topologyFile(dataDir, 'together', [
    { name: 'monitor', components: ['monitor'], replicas: 1 },
    { name: 'both', components: ['app', 'database'], shards: 2, replicas: 1 },
    { name: 'middle', components: ['query', 'ranking', 'html'], replicas: 1 },
    { name: 'gateway', components: ['gateway'], replicas: 1 },
  ]);
  const cluster = await startCluster({ dataDir, topology });
  const expected = pages.map(({ id }) => id).toSorted();
  // Several times: the gateway chooses one of the two application servers.
  for (let i = 0; i < 8; i++) {
    const response = await fetch(`${cluster.gateway}/api/search?q=animal`);
    const { results } = (await response.json()) as { results: { id: string }[] };
    expect(results.map(({ id }) => id).toSorted()).toEqual(expected);
  }
});
