import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Topology } from '../shared/cluster/topology.ts';
import { takenPorts } from '../shared/cluster/watchdog/port-check.ts';
import { CommandError } from './errors.ts';
import { entryScript } from './paths.ts';
import { topologyOf } from './topology.ts';
import { untilReady } from './until-ready.ts';
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
/** Port bases far from the default. No two of them share ports, and the ports of the highest one are below 32,768. */
const portBases = Array.from({ length: 13 }, (_, i) => 30_400 - i * 1_700);

interface StartOptions {
  /** The entry of the `tierlab` command. */
  readonly script?: string;
  /** Whether the cluster accepts faults. */
  readonly chaos?: boolean;
  /** Ends a start that is under way. */
  readonly signal?: AbortSignal;
}

/** Starts a topology at free ports, and waits until every node is ready. */
export async function startOwnCluster(name: string, dataDir: string, options?: StartOptions): Promise<OwnCluster> {
  const topology = await freePlace(name);
  const { pid, stop } = await startCluster(topology, name, dataDir, options);
  return { topology, status: () => fetchStatus(topology.watchdogPort), watchdogPid: pid, stop };
}

/**
 * Runs `tierlab up` as a child of this process, and waits until every node is ready. `name` names the topology, or its
 * file. The cluster ends when this process ends, even if this process is killed.
 */
export async function startCluster(
  topology: Topology,
  name: string,
  dataDir: string,
  { script = entryScript(), signal, chaos = false }: StartOptions = {},
): Promise<{ readonly pid: number; readonly stop: () => Promise<void> }> {
  signal?.throwIfAborted();
  const place = ['--data', dataDir, '--port-base', String(topology.watchdogPort)];
  const words = ['up', '--topology', name, ...place, ...(chaos ? ['--chaos'] : [])];
  const child = spawnTierlab(words, script);
  const ended = new Promise<void>((resolve) => void child.once('close', () => resolve()));
  const onAbort = (): void => void child.kill();
  signal?.addEventListener('abort', onAbort);
  child.stdout.resume();
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-maxOutput)));
  const isReady = await untilReady(child, topology, dataDir, signal);
  signal?.removeEventListener('abort', onAbort);
  const stop = async (): Promise<void> => {
    child.kill();
    await ended;
  };
  if (signal?.aborted || !isReady) await stop();
  signal?.throwIfAborted();
  if (!isReady) throw new CommandError(`"tierlab ${words.join(' ')}" failed:\n${stderr.trim()}`);
  return { pid: child.pid!, stop };
}

/** The characters of output that are kept for an error. */
const maxOutput = 10_000;

async function freePlace(name: string): Promise<Topology> {
  for (const portBase of portBases) {
    const topology = await topologyOf(name, { portBase });
    const { ports } = wantedPorts(topology, topology.nodes, here);
    if ((await takenPorts(ports, here)).length === 0) return topology;
  }
  throw new CommandError(`no free ports for ${name} from ${portBases.at(-1)} to ${portBases[0]}`);
}

/** Runs a command of this program and returns its stdout. Its stderr is shown only if it fails. */
export async function runTierlab(
  words: readonly string[],
  { script = entryScript(), mayFail = false }: { readonly script?: string; readonly mayFail?: boolean } = {},
): Promise<string> {
  const child = spawnTierlab(words, script);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (code !== 0 && !mayFail) throw new CommandError(`"tierlab ${words.join(' ')}" failed:\n${stderr.trim()}`);
  return stdout;
}

/** TIERLAB_PARENT makes the child end when this process ends in whatever way. */
function spawnTierlab(words: readonly string[], script: string) {
  // A group of its own: Ctrl-C is for this process, which then stops what it started.
  return spawn(process.execPath, [...process.execArgv, script, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, TIERLAB_PARENT: String(process.pid) },
  });
}
