import { spawn } from 'node:child_process';
import type { Topology } from '../shared/cluster/topology.ts';
import { takenPorts } from '../shared/cluster/watchdog/port-check.ts';
import { CommandError } from './errors.ts';
import { entryScript } from './paths.ts';
import { readRunFile } from './run-file.ts';
import { topologyOf } from './topology.ts';
import { wantedPorts } from './wanted-ports.ts';
import { fetchStatus, type ClusterStatus } from './watchdog-client.ts';

/** A cluster of this process's own, beside any other that may run. */
export interface OwnCluster {
  readonly topology: Topology;
  readonly status: () => Promise<ClusterStatus>;
  /** The process that started the nodes and watches them. */
  readonly watchdogPid: number;
  readonly stop: () => Promise<void>;
}

const here = '127.0.0.1';
/** Port bases far from the default, one cluster's ports apart. */
const portBases = Array.from({ length: 12 }, (_, i) => 10_000 + i * 1_700);

/**
 * Starts a topology at free ports, and waits until every node is ready. `script` is the entry of the `tierlab` command.
 */
export async function startOwnCluster(name: string, dataDir: string, script = entryScript()): Promise<OwnCluster> {
  const topology = await freePlace(name);
  const { watchdogPort: portBase } = topology;
  const place = ['--data', dataDir, '--port-base', String(portBase)];
  await runTierlab(['up', '--topology', name, '--detach', ...place], { script });
  const run = readRunFile(dataDir, portBase);
  if (!run) throw new CommandError(`${name} ended as soon as it had started`);
  return {
    topology,
    status: () => fetchStatus(portBase),
    watchdogPid: run.pid,
    stop: async () => void (await runTierlab(['down', ...place], { script })),
  };
}

async function freePlace(name: string): Promise<Topology> {
  for (const portBase of portBases) {
    const topology = await topologyOf(name, { portBase });
    const { ports } = wantedPorts(topology, topology.nodes, here);
    if ((await takenPorts(ports, here)).length === 0) return topology;
  }
  throw new CommandError(`no free ports for ${name} from ${portBases[0]} on`);
}

/** Runs a command of this program and returns its stdout. Its stderr is shown only if it fails. */
export async function runTierlab(
  words: readonly string[],
  { script = entryScript(), mayFail = false }: { readonly script?: string; readonly mayFail?: boolean } = {},
): Promise<string> {
  // A group of its own: Ctrl-C is for this process, which then stops what it started.
  const child = spawn(process.execPath, [...process.execArgv, script, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  if (code !== 0 && !mayFail) throw new CommandError(`"tierlab ${words.join(' ')}" failed:\n${stderr.trim()}`);
  return stdout;
}
