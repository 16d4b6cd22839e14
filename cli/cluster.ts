import { once } from 'node:events';
import type { Server } from 'node:http';
import path from 'node:path';
import { loadComponents } from '../services/registry.ts';
import { takenPorts } from '../shared/cluster/watchdog/port-check.ts';
import type { Topology, TopologyNode } from '../shared/cluster/topology.ts';
import { createWatchdogApi } from '../shared/cluster/watchdog/api.ts';
import type { ChildState } from '../shared/cluster/watchdog/child.ts';
import { createWatchdog, type Watchdog } from '../shared/cluster/watchdog/watchdog.ts';
import { systemClock } from '../shared/time/clock.ts';
import { systemScheduler } from '../shared/time/scheduler.ts';
import { CommandError } from './errors.ts';
import { entryScript } from './paths.ts';
import { readRunFile, removeRunFile, runDir, writeRunFile } from './run-file.ts';

export interface ClusterOptions {
  readonly topology: Topology;
  /** How the topology was named on the command line: children load it again by this. */
  readonly topologyName: string;
  readonly nodes: readonly TopologyNode[];
  readonly dataDir: string;
  readonly datasetDir: string;
  readonly bindHost: string;
  readonly onChange: (node: TopologyNode, state: ChildState, watchdog: Watchdog) => void;
}

/**
 * Runs nodes under a watchdog until a signal or `tierlab down` ends it; resolves when no process is left.
 * `onReady` is called once, when all of them are ready.
 */
export async function runCluster(options: ClusterOptions, onReady: () => void, onStopping: () => void): Promise<void> {
  const { topology, topologyName, nodes, dataDir, datasetDir, bindHost, onChange } = options;
  const portBase = topology.watchdogPort;
  await refuseTakenPorts(topology, nodes, bindHost, readRunFile(dataDir, portBase)?.pid);

  const run = writeRunFile(dataDir, { pid: process.pid, portBase, topology: topology.name, startedAt: new Date().toISOString() });
  const watchdog = createWatchdog({
    topology,
    nodes,
    components: await loadComponents(),
    command: (node) => [
      process.execPath,
      ...process.execArgv,
      entryScript(),
      'run-node',
      node.id,
      topologyName,
      String(portBase),
      datasetDir,
    ],
    logDir: path.join(runDir(dataDir, portBase), 'logs'),
    env: { TIERLAB_OPERATOR_TOKEN: run.token },
    clock: systemClock,
    scheduler: systemScheduler,
    onChange: (node, state) => onChange(node, state, watchdog),
  });
  const ending = new AbortController();
  const end = (): void => ending.abort(new CommandError('stopped before everything was ready'));
  const ended = new Promise<void>((resolve) => ending.signal.addEventListener('abort', () => resolve(), { once: true }));
  process.on('SIGINT', end).on('SIGTERM', end).on('SIGHUP', end);
  const api = createWatchdogApi({ topology, watchdog, token: run.token, shutdown: () => setImmediate(end) });

  try {
    await listen(api, topology.watchdogPort, bindHost);
    await watchdog.start(ending.signal);
    onReady();
    await ended;
  } finally {
    onStopping();
    await watchdog.stop();
    api.close();
    api.closeAllConnections();
    removeRunFile(dataDir, portBase);
    process.off('SIGINT', end).off('SIGTERM', end).off('SIGHUP', end);
  }
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host);
  await once(server, 'listening');
}

/** Says which port and which process, and starts nothing, where a port is taken. */
async function refuseTakenPorts(
  topology: Topology,
  nodes: readonly TopologyNode[],
  host: string,
  running: number | undefined,
): Promise<void> {
  const wanted = new Map<number, string>([[topology.watchdogPort, 'the watchdog']]);
  for (const node of nodes) for (const port of [node.port, node.opsPort, ...Object.values(node.doors)]) wanted.set(port, node.id);
  const taken = await takenPorts([...wanted.keys()], host);
  const [first] = taken;
  if (!first) return;
  if (running !== undefined)
    throw new CommandError(
      `a cluster is already running at port base ${topology.watchdogPort} (process ${running}): stop it with "tierlab down" or choose another --port-base`,
    );
  const holder = first.pid === undefined ? 'another process' : `process ${first.pid} (${first.command?.slice(0, 80)})`;
  const more = taken.length === 1 ? '' : `, and ${taken.length - 1} more ports are taken`;
  throw new CommandError(
    `port ${first.port} (${wanted.get(first.port)}) is taken by ${holder}${more}: stop it or choose another --port-base`,
  );
}
