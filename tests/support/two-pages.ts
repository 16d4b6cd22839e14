import { afterAll, beforeAll } from 'vitest';
import { dataFolder, startCluster, type TestCluster, type TestPage } from './cluster.ts';

export const twoPages: readonly TestPage[] = [
  { id: 'dog', title: 'dog', body: 'a domestic animal that barks', links: ['cat'] },
  { id: 'cat', title: 'cat', body: 'a domestic animal that purrs', links: ['dog'] },
];

/** A data folder with these two pages, for all tests of a file. */
export function twoPageData(): { readonly dir: string } {
  let data: Awaited<ReturnType<typeof dataFolder>> | undefined;
  beforeAll(async () => {
    data = await dataFolder(twoPages);
  });
  afterAll(() => data?.remove());
  return {
    get dir() {
      return data!.dir;
    },
  };
}

/** Starts a cluster before the first test of a block, and stops it after the last. Tests call the returned function. */
export function clusterForAll(data: { readonly dir: string }, topology: string): () => TestCluster {
  let cluster: TestCluster | undefined;
  beforeAll(async () => {
    cluster = await startCluster({ dataDir: data.dir, topology });
  });
  afterAll(async () => {
    await cluster?.stop('SIGTERM');
  });
  return () => cluster!;
}
