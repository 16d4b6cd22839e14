import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startOwnCluster, runTierlab } from '../../cli/own-cluster.ts';
import { root } from '../../cli/paths.ts';

export interface SearchedCluster {
  /** The address of its gateway. */
  readonly url: string;
  /** Stops it and removes its data. */
  readonly stop: () => Promise<void>;
}

const script = path.join(root, 'cli', 'main.ts');

/**
 * Starts a cluster with its own ports and data folder. It holds the pages of `pagesFile`, or WordNet without that file.
 * If it cannot start, everything is removed again.
 */
export async function startSearchedCluster(
  topologyName: string,
  pagesFile: string | undefined,
  say: (line: string) => void,
): Promise<SearchedCluster> {
  const data = mkdtempSync(path.join(tmpdir(), 'tierlab-relevance-'));
  const remove = () => rmSync(data, { recursive: true, force: true });
  try {
    if (pagesFile !== undefined) {
      say('importing the pages ...');
      await runTierlab(['import', pagesFile, '--replace', '--data', data], { script });
    }
    say(`starting ${topologyName} ...`);
    const { topology, stop } = await startOwnCluster(topologyName, data, { script });
    const gateway = topology.nodes.find(({ doors }) => doors['gateway'] !== undefined)?.doors['gateway'];
    const cluster = { url: `http://127.0.0.1:${gateway}`, stop: () => stop().finally(remove) };
    if (gateway !== undefined) return cluster;
    await cluster.stop();
    throw new Error(`topology ${topologyName} has no gateway to ask`);
  } catch (error) {
    remove();
    throw error;
  }
}
