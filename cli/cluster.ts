import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import path from 'node:path';
import { loadComponents } from '../services/registry.ts';
import type { Topology, TopologyNode } from '../shared/cluster/topology.ts';
import { chaosOffRoutes } from '../shared/faults/chaos-off.ts';
import type { NodeIdentities } from '../shared/cluster/watchdog/authority.ts';
import type { WatchdogFaults } from '../shared/cluster/watchdog/faults.ts';
import { openIncarnations } from '../shared/cluster/watchdog/incarnations.ts';
import { createWatchdogApi } from '../shared/cluster/watchdog/api.ts';
import { changeHolder } from '../shared/cluster/watchdog/change-holder.ts';
import { placementRoutes } from '../shared/cluster/watchdog/placement-routes.ts';
import { repairRoutes } from '../shared/cluster/watchdog/repairs.ts';
import type { ChildState } from '../shared/cluster/watchdog/child.ts';
import { watchLoops } from '../shared/cluster/watchdog/loop-check.ts';
import { createWatchdog, type Watchdog } from '../shared/cluster/watchdog/watchdog.ts';
import { diskProblem } from '../shared/disk-problem.ts';
import { replaceFile } from '../shared/durable.ts';
import { onEndSignals } from '../shared/end-signals.ts';
import { exitCodes } from '../shared/exit-codes.ts';
import { RpcError } from '../shared/rpc/errors.ts';
import { keyringEnvironment, publishedKeys } from '../shared/security/keyring.ts';
import { identitySecret, operatorTokenFrom } from '../shared/security/node-keys.ts';
import { operatorEnvironment, operatorOf } from '../shared/security/operator.ts';
import { clockOrigin, runClock, systemClock, type Clock } from '../shared/time/clock.ts';
import { systemRandom } from '../shared/time/random.ts';
import { systemScheduler, type Timer } from '../shared/time/scheduler.ts';
import { watchDisk } from './disk-watch.ts';
import { InterruptedError } from './errors.ts';
import { collectWhenIdle } from './idle-collection.ts';
import { placeFlags } from './command-line.ts';
import { entryScript } from './paths.ts';
import { refuseTakenPorts } from './refuse-taken-ports.ts';
import { logDirOf, newOperatorToken, readRunFile, removeRunFile, runDir, writeRunFile } from './run-file.ts';
import { topologySource } from './topology.ts';
import { makeFolder } from '../shared/make-folder.ts';

export interface ClusterOptions {
  readonly topology: Topology;
  /** The topology's name on the command line. Child processes load the topology by this name. */
  readonly topologyName: string;
  readonly nodes: readonly TopologyNode[];
  readonly dataDir: string;
  readonly datasetDir: string;
  readonly bindHost: string;
  /** One node in a container of its own: it logs to this process's output, where containers look for logs. */
  readonly byContainer?: boolean;
  /** Faults may be injected. */
  readonly chaos: boolean;
  readonly onChange: (node: TopologyNode, state: ChildState, watchdog: Watchdog) => void;
  /** Users are served, and further nodes start. */
  readonly onServing?: (watchdog: Watchdog) => void;
  /** Gets a line for each action on a process: by a fault, or by a repair. */
  readonly onFault?: (text: string) => void;
}

/**
 * Runs nodes under a watchdog until a signal or `tierlab down` ends the cluster. Resolves when no process is left.
 * `onReady` is called once, when all nodes are ready.
 */
export async function runCluster(options: ClusterOptions, onReady: () => void, onStopping: () => void): Promise<void> {
  const {
    topology,
    topologyName,
    nodes,
    dataDir,
    datasetDir,
    bindHost,
    byContainer = false,
    chaos,
    onChange,
    onServing,
    onFault = () => undefined,
  } = options;
  const portBase = topology.watchdogPort;
  const dir = runDir(dataDir, portBase);
  const pidOfRunFile = () => readRunFile(dataDir, portBase)?.pid;
  const refuseIfTaken = () => refuseTakenPorts(topology, nodes, bindHost, dataDir, pidOfRunFile);
  await refuseIfTaken();

  const origin = clockOrigin();
  const clock = runClock(origin);
  const startedAt = new Date(origin.wallMs).toISOString();
  makeFolder(dir, 0o700);
  const token = newOperatorToken(byContainer ? operatorTokenFrom(identitySecret(dataDir)) : undefined);
  const life = {
    pid: process.pid,
    portBase,
    topology: topology.name,
    topologySource: topologySource(topologyName),
    startedAt,
    token,
  };
  const operator = operatorOf(token, process.env.TIERLAB_OPERATOR_DIGEST);
  const identities = topology.tls ? await nodeIdentities(path.join(dir, 'tls'), nodes) : undefined;
  let keysFor = keyringEnvironment(dataDir, topology.nodes);
  let topologyFile: string | undefined;
  let placements = 0;
  const watchdog = createWatchdog({
    topology,
    nodes,
    components: loadComponents,
    command: [process.execPath, ...process.execArgv, entryScript()],
    args: (node) => [node.id, topologyName, String(portBase), datasetDir],
    logDir: byContainer ? undefined : logDirOf(dataDir, portBase),
    env: (node, incarnation) => ({
      TIERLAB_RUN_DIR: dir,
      TIERLAB_PLACE_FLAGS: placeFlags({ portBase, dataDir }),
      TIERLAB_TOPOLOGY_FILE: topologyFile,
      TIERLAB_STARTED_AT: startedAt,
      TIERLAB_CLOCK: JSON.stringify(origin),
      TIERLAB_CHAOS: chaos ? '1' : '0',
      TIERLAB_TLS_IDENTITY: identities?.fileOf(node.id),
      ...operatorEnvironment(operator, node),
      ...keysFor(node, incarnation),
    }),
    // Containers of one cluster share this folder, and each has a watchdog of its own.
    nextIncarnation: openIncarnations(
      path.join(dataDir, 'incarnations', byContainer ? nodes[0]!.id : String(portBase)),
      onFault,
    ),
    clock,
    scheduler: systemScheduler,
    onChange(node, state) {
      if (state.state === 'ready') faults?.processReplaced(node.id);
      onChange(node, state, watchdog);
    },
  });
  const loops = watchLoops({ children: watchdog.children, clock, scheduler: systemScheduler, onKill: onFault });
  const disk = watchDisk(dir, systemScheduler, onFault);
  const ending = new AbortController();
  const end = (): void => ending.abort(new InterruptedError('stopped before everything was ready'));
  const ended = new Promise<void>((resolve) =>
    ending.signal.addEventListener('abort', () => resolve(), { once: true }),
  );
  const endAtOnce = (): void => {
    watchdog.kill();
    identities?.stop();
    removeRunFile(dataDir, portBase);
    process.exit(exitCodes.interrupted);
  };
  const stopListening = onEndSignals(end, endAtOnce);
  const faults = chaos ? await watchdogFaults(watchdog, dir, clock, onFault) : undefined;
  const api = createWatchdogApi({
    watchdog,
    startedAt: origin.wallMs,
    clock,
    scheduler: systemScheduler,
    operatorDigest: operator.digest,
    shutdown: () => setImmediate(end),
    more: [
      ...(faults?.routes ?? chaosOffRoutes),
      // The process that gives the order may be in another container. Here, its id may mean another process.
      changeHolder(byContainer ? () => undefined : undefined),
      ...placementRoutes({
        watchdog,
        byContainer,
        publishedKeys: () => publishedKeys(dataDir, watchdog.topology().nodes),
        place(next, source) {
          // Each change writes a new topology file. So if the run file cannot be written, nodes that restart still read
          // the old topology file, which has the present topology.
          const file = path.join(dir, `topology-${++placements}.json`);
          try {
            replaceFile(file, JSON.stringify(next, null, 2));
            writeRunFile(dataDir, { ...life, topology: next.name, topologySource: source });
          } catch (error) {
            const problem = diskProblem(error, dir);
            throw problem === undefined
              ? error
              : new RpcError('unavailable', `${problem}. The cluster keeps its present topology`);
          }
          topologyFile = file;
          keysFor = keyringEnvironment(dataDir, next.nodes);
          watchdog.place(next);
        },
      }),
      ...repairRoutes({
        topology: watchdog.topology,
        watchdog,
        clock,
        wipe: (node) => rm(path.join(dir, 'state', node), { recursive: true, force: true }),
      }),
    ],
  });

  let collection: Timer | undefined;
  try {
    // Another cluster may have started here since the ports were checked.
    await listen(api, topology.watchdogPort, bindHost).catch(async (error: unknown) => {
      await refuseIfTaken();
      throw error;
    });
    writeRunFile(dataDir, life);
    await watchdog.start(ending.signal, () => onServing?.(watchdog));
    onReady();
    collection = collectWhenIdle({ scheduler: systemScheduler, random: systemRandom, clock: systemClock });
    await ended;
  } finally {
    onStopping();
    collection?.cancel();
    loops.cancel();
    disk.cancel();
    await faults?.stop();
    await watchdog.stop();
    identities?.stop();
    api.close();
    api.closeAllConnections();
    removeRunFile(dataDir, portBase);
    stopListening();
  }
}

/** Loaded only if the cluster uses TLS. */
async function nodeIdentities(dir: string, nodes: readonly TopologyNode[]): Promise<NodeIdentities> {
  const { createNodeIdentities } = await import('../shared/cluster/watchdog/authority.ts');
  return createNodeIdentities(dir, nodes, systemScheduler);
}

/** Loaded only if faults may be injected. */
async function watchdogFaults(
  watchdog: Watchdog,
  dir: string,
  clock: Clock,
  tell: (text: string) => void,
): Promise<WatchdogFaults> {
  const [{ createWatchdogFaults }, { createProcesses }, { createPauseGuards }] = await Promise.all([
    import('../shared/cluster/watchdog/faults.ts'),
    import('../shared/cluster/watchdog/processes.ts'),
    import('../shared/cluster/watchdog/pause-guards.ts'),
  ]);
  const processes = createProcesses({
    child: watchdog.child,
    newTwin: watchdog.newTwin,
    stateDir: (node) => path.join(dir, 'state', node),
    pauseGuards: createPauseGuards(),
    clock,
    scheduler: systemScheduler,
  });
  return createWatchdogFaults({
    watchdog,
    processes,
    clock,
    scheduler: systemScheduler,
    onEvent: ({ event, kind, target, end }) => tell(`fault ${kind} at ${target}: ${event}${end ? ` (${end})` : ''}`),
    onTrouble: tell,
  });
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host);
  await once(server, 'listening');
}
