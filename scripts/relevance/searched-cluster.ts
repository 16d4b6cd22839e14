import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startOwnCluster, runTierlab } from '../../cli/own-cluster.ts';
import { root } from '../../cli/paths.ts';

/** When the block that started this cluster ends, the cluster ends, too, and its data is removed. */
interface SearchedCluster extends AsyncDisposable {
  /** The address of its gateway. */
  readonly url: string;
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
  await using begun = new AsyncDisposableStack();
  const data = begun.use(mkdtempDisposableSync(path.join(tmpdir(), 'tierlab-relevance-'))).path;
  if (pagesFile !== undefined) {
    say('importing the pages ...');
    await runTierlab(['import', pagesFile, '--replace', '--data', data], { script });
  }
  say(`starting ${topologyName} ...`);
  const { topology, stop } = await startOwnCluster(topologyName, data, { script });
  begun.defer(stop);
  const gateway = topology.nodes.find(({ doors }) => doors['gateway'] !== undefined)?.doors['gateway'];
  if (gateway === undefined) throw new Error(`topology ${topologyName} has no gateway to ask`);
  const running = begun.move();
  return { url: `http://127.0.0.1:${gateway}`, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
