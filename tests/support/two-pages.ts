import { afterAll, beforeAll } from 'vitest';
import { startCluster, type TestCluster, type TestPage } from './cluster.ts';

export const twoPages: readonly TestPage[] = [
  { id: 'dog', title: 'dog', body: 'a domestic animal that barks', links: ['cat'] },
  { id: 'cat', title: 'cat', body: 'a domestic animal that purrs', links: ['dog'] },
];

/** Starts a cluster before the first test of a block, and stops it after the last. Tests call the returned function. */
export function clusterForAll(dataDir: string, topology: string): () => TestCluster {
  let cluster: TestCluster | undefined;
  beforeAll(async () => {
    cluster = await startCluster({ dataDir, topology });
  });
  afterAll(async () => {
    await cluster?.stop('SIGTERM');
  });
  return () => cluster!;
}
