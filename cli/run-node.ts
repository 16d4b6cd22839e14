import { readFile } from 'node:fs/promises';
import path from 'node:path';
import pino from 'pino';
import { loadComponents } from '../services/registry.ts';
import { askControl } from '../shared/control/client.ts';
import { ownHosts } from '../shared/control/own-host.ts';
import { startNode, type RunningNode } from '../shared/cluster/node.ts';
import type { Topology } from '../shared/cluster/topology.ts';
import type { GoMessage, PlaceMessage, PolicyMessage } from '../shared/cluster/watchdog/child.ts';
import type { IpcAnswer, IpcQuestion } from '../shared/cluster/watchdog/questions.ts';
import { loadCheckedTopology } from '../shared/cluster/topology-file.ts';
import { ignoreTerminalSignals } from '../shared/end-signals.ts';
import { identityFile } from '../shared/security/identity-source.ts';
import { takeKeyring } from '../shared/security/keyring.ts';
import { takeOperator } from '../shared/security/operator.ts';
import { runClock, systemClock, type ClockOrigin } from '../shared/time/clock.ts';
import { createRedactor, secretsIn } from '../shared/observe/redact.ts';
import { systemRandom } from '../shared/time/random.ts';
import { systemScheduler } from '../shared/time/scheduler.ts';
import { collectWhenIdle } from './idle-collection.ts';
import { topologiesDir } from './paths.ts';

/** The most bytes that wait while the log cannot be written. Later lines are dropped. */
const maxLogBytes = 1024 * 1024;

/** How long a node without a watchdog may drain, ms. Nobody else would kill it if it did not end. */
const orphanGraceMs = 3_000;

/** The messages of the watchdog to a node after `go`. */
interface ToNode {
  readonly drain?: true;
  readonly place?: PlaceMessage;
  readonly question?: IpcQuestion;
  readonly allStarted?: true;
}

/**
 * The process of one node: passes real clocks, randomness, timers and sockets to the node. The watchdog starts it with
 * [id, topology, portBase, datasetDir] and sends `go` over IPC. The process answers `ready`, and ends with its parent.
 */
export async function runNode([id, topologyName, portBase, datasetDir]: readonly string[]): Promise<void> {
  const byName = process.env.TIERLAB_HOSTS === 'by-name';
  const output = pino.destination({ fd: 1, maxLength: maxLogBytes });
  // On a full disk, lines of the log are lost, but the node goes on.
  output.on('error', () => undefined);
  const redact = createRedactor(secretsIn(process.env));
  const cleaned = { write: (line: string) => void output.write(redact(line)) };
  const log = pino({ base: { node: id }, level: process.env.TIERLAB_LOG || 'info' }, cleaned);
  let running: RunningNode | undefined;
  const started = Promise.withResolvers<RunningNode>();
  let leaving = false;

  async function leave(why: string, farewell = true): Promise<void> {
    if (leaving) return;
    leaving = true;
    log.info({ why }, 'stopping');
    await running?.stop({ farewell });
    process.exit(0);
  }
  process.on('SIGTERM', () => void leave('SIGTERM'));
  // Ctrl-C and the end of a terminal reach the whole process group; the watchdog decides in which order nodes end.
  ignoreTerminalSignals();
  process.on('disconnect', () => {
    systemScheduler.after(orphanGraceMs, () => process.exit(0));
    // A container's watchdog ends only when the whole container ends. To monitors this must look like a crash, so the
    // node does not announce that it leaves.
    void leave('the watchdog has gone', false);
  });
  // Listens from the start, because a message that comes before its listener is lost.
  const go = turn();
  const answerTo = ({ number, avoids }: IpcQuestion): IpcAnswer => ({
    number,
    yes: avoids === undefined || running?.avoids(avoids) === true,
  });
  process.on('message', (message: ToNode) => {
    if (message.drain) running?.drain();
    if (message.question) process.send?.({ answer: answerTo(message.question) });
    if (message.allStarted) void started.promise.then((node) => node.allStarted());
    if (!message.place) return;
    const { topology, keys } = message.place;
    // The message may come while the node starts with an earlier topology.
    void started.promise.then((node) => node.place(topology, keys));
  });
  // Fail fast: a node in an unknown state must not go on answering.
  const crash = (err: Error, what = 'uncaught'): never => {
    log.fatal({ err }, what);
    process.exit(70);
  };
  process.on('uncaughtException', (err) => crash(err));

  const keyring = takeKeyring(process.env);
  const operator = takeOperator(process.env);
  const identityPath = process.env.TIERLAB_TLS_IDENTITY;
  const identity = identityPath === undefined ? undefined : identityFile(identityPath, systemScheduler);
  const options = {
    portBase: Number(portBase),
    hosts: byName ? 'by-name' : 'loopback',
    tls: identity !== undefined,
  } as const;
  // After a change of the topology, the watchdog has written the current topology, with the addresses of its nodes.
  const applied = process.env.TIERLAB_TOPOLOGY_FILE;
  const topology =
    applied === undefined
      ? await loadCheckedTopology(topologyName!, topologiesDir, options)
      : (JSON.parse(await readFile(applied, 'utf8')) as Topology);
  const node = topology.nodes.find((candidate) => candidate.id === id);
  if (!node) throw new Error(`topology ${topology.name} has no node ${id}`);
  const components = await loadComponents(node.components);
  const origin = process.env.TIERLAB_CLOCK;
  const clock = origin === undefined ? systemClock : runClock(JSON.parse(origin) as ClockOrigin);
  // Loads code that the node needs after `go`.
  if (Object.keys(node.doors).length > 0) await import('../shared/cluster/door.ts');
  const { policy, ready } = await go;
  running = await startNode({
    topology,
    node,
    components,
    // Without a watchdog, this is the first process of the node.
    incarnation: Number(process.env.TIERLAB_INCARNATION ?? 1),
    datasetDir: datasetDir!,
    ...(process.env.TIERLAB_RUN_DIR !== undefined && {
      stateDir: path.join(process.env.TIERLAB_RUN_DIR, 'state', node.id),
    }),
    clusterStartedAt: process.env.TIERLAB_STARTED_AT,
    policy,
    ready,
    onPolicy: (policy) => process.send?.({ policy } satisfies PolicyMessage),
    control: askControl,
    clock,
    random: systemRandom,
    scheduler: systemScheduler,
    log,
    keyring,
    crash: (violation) => crash(violation, 'an invariant does not hold'),
    identity,
    operator,
    hosts: ownHosts(process.env),
    bindHost: byName ? '0.0.0.0' : '127.0.0.1',
    chaosEnabled: process.env.TIERLAB_CHAOS === '1',
    twin: process.env.TIERLAB_TWIN === '1',
  });
  started.resolve(running);
  const { opsPort } = running;
  log.info({ port: node.port, opsPort, components: node.components }, 'ready');
  process.send?.({ ready: true, opsPort });
  collectWhenIdle({ scheduler: systemScheduler, random: systemRandom, clock: systemClock });
}

/**
 * Resolves when the watchdog sends `go`, because the nodes that this node calls are ready. Without a watchdog, it
 * resolves at once.
 */
function turn(): Promise<Omit<GoMessage, 'go'>> {
  if (!process.connected) return Promise.resolve({});
  return new Promise((resolve) => {
    process.on('message', function onMessage(message: GoMessage | { readonly go?: undefined }) {
      if (message.go !== true) return;
      process.off('message', onMessage);
      resolve(message);
    });
  });
}
