import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { isAlive } from '../../shared/is-alive.ts';
import { startedNodes, type Topology } from '../../shared/cluster/topology.ts';
import { holdersOf, takenPorts, type TakenPort } from '../../shared/cluster/watchdog/port-check.ts';
import { CommandError, UsageError } from '../errors.ts';
import { readEnd } from '../logs/read-end.ts';
import { allRunFiles, logDirOf, readRunFile, type RunFile } from '../run-file.ts';
import { topologyOf } from '../topology.ts';
import { wantedPorts, type WantedPorts } from '../wanted-ports.ts';
import { fetchStatus, isTierlab } from '../watchdog-client.ts';
import type { ClusterAnswer, Facts, LogEnd } from './facts.ts';
import { measureMachine } from './machine.ts';
import { namesFolder, orphansOf, runningProcesses, type RunningProcess } from './processes.ts';

/** Where the watchdog and its nodes listen. */
const here = '127.0.0.1';
/** The end of each log that is searched for errors, bytes. */
const searchedBytes = 256 * 1024;
const defaultTopology = 'multitier';

/** Measures everything that the checks judge. `wanted`: the topology that is to be started. */
export async function gatherFacts(
  place: Facts['place'],
  wanted: string | undefined,
): Promise<{ readonly facts: Facts; readonly topology: Topology }> {
  const { portBase, dataDir } = place;
  const logDir = logDirOf(dataDir, portBase);
  const processes = await runningProcesses();
  const commandOf = (pid: number) => processes.find((it) => it.pid === pid)?.words.join(' ');
  const isWatchdog = ({ pid }: RunFile) => isTierlab(commandOf(pid) ?? 'tierlab.js up');
  const alive = readRunFile(dataDir, portBase);
  const run = alive && isWatchdog(alive) ? alive : undefined;
  const [machine, topology, cluster] = await Promise.all([
    measureMachine(dataDir, logDir),
    findTopology(place, wanted, run?.topologySource),
    run && askCluster(portBase),
  ]);
  const facts: Facts = {
    place,
    ...machine,
    nodeVersion: process.versions.node,
    now: Date.now(),
    environment: process.env,
    topology: topology.name,
    startedNodes: new Set(startedNodes(topology).map(({ id }) => id)),
    takenPorts: await portsOfOthers(topology, run && new Set(ownPids(processes, dataDir, run.pid))),
    running: run && cluster && { ...run, cluster },
    deadRuns: allRunFiles(dataDir)
      .filter((it) => !isAlive(it.pid) || !isWatchdog(it))
      .map(({ file, pid }) => {
        const reusedBy = commandOf(pid);
        return { file, pid, ...(reusedBy !== undefined && { reusedBy }) };
      }),
    orphans: orphansOf(processes, dataDir),
    logs: logEnds(logDir),
  };
  return { facts, topology };
}

/** If the file of the running topology is gone, the default topology is judged instead. */
async function findTopology(
  { portBase }: Facts['place'],
  wanted: string | undefined,
  running: string | undefined,
): Promise<Topology> {
  if (wanted !== undefined || running === undefined) return topologyOf(wanted ?? defaultTopology, { portBase });
  return topologyOf(running, { portBase }).catch((error: unknown) => {
    if (error instanceof UsageError) return topologyOf(defaultTopology, { portBase });
    throw error;
  });
}

async function askCluster(portBase: number): Promise<ClusterAnswer> {
  try {
    return { answered: true, nodes: (await fetchStatus(portBase)).nodes };
  } catch (error) {
    if (error instanceof CommandError) return { answered: false, why: error.message };
    throw error;
  }
}

const ownPids = (processes: readonly RunningProcess[], dataDir: string, watchdog: number): readonly number[] => [
  watchdog,
  ...processes.filter(({ words, parent }) => parent === watchdog || namesFolder(words, dataDir)).map(({ pid }) => pid),
];

/** Ports that are taken. `own`: the processes of the running cluster, which may hold them. */
async function portsOfOthers(topology: Topology, own: ReadonlySet<number> | undefined): Promise<Facts['takenPorts']> {
  // In containers, each node has the ports of its own container.
  if (process.env.TIERLAB_HOSTS === 'by-name') return [];
  const wanted = wantedPorts(topology, topology.nodes, here);
  const taken = own === undefined ? await takenPorts(wanted.ports, here) : await heldByOthers(wanted, own);
  return taken.map((it) => ({ ...it, owner: wanted.ownerOf.get(it.port)! }));
}

/** Most ports of a running cluster are taken by itself, so the owners of all are looked up at once. */
async function heldByOthers({ ports }: WantedPorts, own: ReadonlySet<number>): Promise<readonly TakenPort[]> {
  const found = await Promise.all(
    (['TCP', 'UDP'] as const).map(async (protocol) => {
      const wanted = ports.filter((it) => it.protocol === protocol).map(({ port }) => port);
      const holders = [...(await holdersOf(wanted, protocol))].filter(([, { pid }]) => !own.has(pid));
      return holders.map(([port, holder]) => ({ port, protocol, host: here, ...holder }));
    }),
  );
  return found.flat();
}

function logEnds(logDir: string): readonly LogEnd[] {
  const names = existsSync(logDir) ? readdirSync(logDir).filter((name) => name.endsWith('.log')) : [];
  return names.toSorted().map((name) => ({
    node: path.basename(name, '.log'),
    lines: readEnd(path.join(logDir, name), searchedBytes).lines,
  }));
}
