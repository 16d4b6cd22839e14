import { fileURLToPath } from 'node:url';
import type { Row } from '../row.ts';
import { allReady, dataWithDataset, firstCorrectSearch, gatewayUrl, setPolicy, up } from './cluster.ts';
import { restart } from './restart.ts';
import { vote } from './vote.ts';

const topology = fileURLToPath(new URL('triples.topology.json', import.meta.url));

/**
 * Rows 18, 19 and 7, on one cluster with three replicas where answers are made. The votes take more than the 10 s after
 * which a node counts as stable, so the restarts that follow wait only for the first backoff.
 */
export async function triples(say: (line: string) => void): Promise<readonly Row[]> {
  using data = await dataWithDataset(1);
  await using _cluster = up(data.dir, topology);
  const nodes = await allReady(11);
  await firstCorrectSearch(gatewayUrl, performance.now());
  const votes = await vote(nodes, data.dir, say);
  // Row 7 is about a cluster with its usual policy, not with a vote on every call.
  await setPolicy(data.dir, 'resilient');
  return [...votes, await restart(say)];
}
