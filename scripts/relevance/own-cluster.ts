import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../../cli/paths.ts';
import { topologyOf } from '../../cli/topology.ts';
import { takenPorts } from '../../shared/cluster/watchdog/port-check.ts';

export interface OwnCluster {
  /** The address of its gateway. */
  readonly url: string;
  /** Stops it and removes its data. */
  readonly stop: () => Promise<void>;
}

const cli = path.join(root, 'cli', 'main.ts');
/** Port bases far from the default, each with room for all ports of a cluster. */
const portBases = Array.from({ length: 20 }, (_, i) => 22_000 + i * 1_700);

/**
 * Starts a cluster with its own ports and data folder, so that other clusters may run beside it. It holds the pages of
 * `pagesFile`, or WordNet without that file. If it cannot start, everything is removed again.
 */
export async function startOwnCluster(
  topologyName: string,
  pagesFile: string | undefined,
  say: (line: string) => void,
): Promise<OwnCluster> {
  const data = mkdtempSync(path.join(tmpdir(), 'tierlab-relevance-'));
  const { portBase, url } = await freePlace(topologyName);
  const place = ['--data', data, '--port-base', String(portBase)];
  const remove = () => rmSync(data, { recursive: true, force: true });
  try {
    if (pagesFile !== undefined) await tierlab(['import', pagesFile, '--replace', '--data', data], say);
    await tierlab(['up', '--topology', topologyName, '--detach', ...place], say);
  } catch (error) {
    remove();
    throw error;
  }
  return {
    url,
    async stop() {
      await tierlab(['down', ...place], say);
      remove();
    },
  };
}

async function freePlace(topologyName: string): Promise<{ portBase: number; url: string }> {
  for (const portBase of portBases) {
    const topology = await topologyOf(topologyName, { portBase });
    const ports = topology.nodes.flatMap(({ port, opsPort, doors }) => [port, opsPort, ...Object.values(doors)]);
    const gateway = topology.nodes.find(({ doors }) => doors['gateway'] !== undefined)?.doors['gateway'];
    if (gateway === undefined) throw new Error(`topology ${topologyName} has no gateway to ask`);
    const taken = await takenPorts(
      [...new Set([topology.watchdogPort, ...ports])].map((port) => ({ port, protocol: 'TCP' as const })),
      '127.0.0.1',
    );
    if (taken.length === 0) return { portBase, url: `http://127.0.0.1:${gateway}` };
  }
  throw new Error('no free ports for a cluster were found');
}

/** Runs the command-line tool. Its output is shown only if it fails. */
async function tierlab(words: readonly string[], say: (line: string) => void): Promise<void> {
  say(`tierlab ${words[0]} ...`);
  // A group of its own: Ctrl-C is for this script, which then takes the cluster down in order.
  const child = spawn(process.execPath, [cli, ...words], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('exit', resolve));
  if (code !== 0) throw new Error(`tierlab ${words.join(' ')} failed (exit code ${code}):\n${output.trim()}`);
}
