import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureDataset } from '../../../corpus/build.ts';
import { startSameWorkChain, type Chain } from '../../bench/chain/chain.ts';
import { dataFolder, startCluster, until, type TestCluster, type TestPage } from '../../support/cluster.ts';

const topology = fileURLToPath(new URL('../../bench/chain/topology.json', import.meta.url));
const animals = ['dog', 'cat', 'wolf', 'horse', 'sheep', 'goat', 'otter', 'badger'];
const pages: TestPage[] = Array.from({ length: 80 }, (_, i) => ({
  id: `page-${i}`,
  title: `${animals[i % animals.length]} ${i}`,
  body: `A domestic ${animals[i % 5]} and a wild ${animals[i % 7]} meet at the river. `.repeat(1 + (i % 4)),
  keywords: ['animal', animals[(i * 3) % animals.length]!],
}));

let cluster: TestCluster;
let chain: Chain;

beforeAll(async () => {
  const dataDir = await dataFolder(pages);
  cluster = await startCluster({ dataDir, topology });
  const { datasetDir } = await ensureDataset({ dataDir, shards: 2 });
  chain = await startSameWorkChain(datasetDir, dataDir);
});

afterAll(() => chain?.[Symbol.dispose]());

/** The page without the time that it took, which differs from search to search. */
async function pageOf(url: string, query: string): Promise<string> {
  const response = await fetch(`${url}/search?${query}`);
  expect(response.status).toBe(200);
  return (await response.text()).replaceAll(/\d+(?:\.\d+)? (?:ms|s)\b/g, '<time>');
}

test.each([
  ['words', 'q=domestic+animal+dog'],
  ['a second page', 'q=river&page=2'],
  ['explained scores', 'q=wild+cat&explain=true&size=5'],
  ['a phrase and an exclusion', 'q=%22domestic+dog%22+-wolf'],
  ['a misspelt word', 'q=domestik+rivver'],
  ['no match', 'q=zzzzz'],
])('the same-work chain makes the same page as the cluster: %s', async (_, query) => {
  const made = await pageOf(chain.url, query);
  expect(made).toContain('class="path"');
  // The cluster suggests words as soon as its vocabulary has arrived.
  await until(async () => (await pageOf(cluster.gateway, query)) === made, 15_000).catch(() => undefined);
  expect(made).toBe(await pageOf(cluster.gateway, query));
});
