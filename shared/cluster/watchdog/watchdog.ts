import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../time/clock.ts';
import type { Scheduler } from '../../time/scheduler.ts';
import type { Policy } from '../../rpc/policy.ts';
import type { PublishedKeys } from '../../security/keyring.ts';
import type { Component } from '../component.ts';
import type { Topology, TopologyNode } from '../topology.ts';
import { createChild, type Child, type ChildState } from './child.ts';
import { nodeStatus, type NodeStatus } from './node-status.ts';
import { createSpare } from './spare.ts';
import { startParts, startWaves } from './start-order.ts';
import { makeFolder } from '../../make-folder.ts';

/** How long a node may take to drain before it is killed, ms. */
const stopGraceMs = 8_000;

export interface WatchdogOptions {
  readonly topology: Topology;
  /** The nodes to run here: all of them, or one in a container. */
  readonly nodes: readonly TopologyNode[];
  /**
   * Returns all components. The watchdog calls this after the first processes have begun to load, so that these
   * processes do not wait for this call.
   */
  readonly components: () => Promise<Readonly<Record<string, Component>>>;
  /**
   * The command of this program. With `run-node` and the node's arguments it runs a node; with `run-spare` it runs a
   * spare process.
   */
  readonly command: readonly [string, ...string[]];
  readonly args: (node: TopologyNode) => readonly string[];
  /**
   * The folder with one log file per node. Undefined: nodes write to the output of this process, as usual in
   * containers.
   */
  readonly logDir?: string | undefined;
  /** Variables that a node gets in its environment. The node does not get a variable that is undefined here. */
  readonly env?: (node: TopologyNode, incarnation: number) => Readonly<Record<string, string | undefined>>;
  /** The incarnation of the node that is started next. */
  readonly nextIncarnation: () => number;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly onChange: (node: TopologyNode, state: ChildState) => void;
}

export interface Watchdog {
  /**
   * Starts all nodes except cold standbys and idle places, wave by wave. Resolves when all these nodes are ready, and
   * rejects when one of them is in a crash loop. `onServing` is called when users are served, if further nodes start
   * after that.
   */
  readonly start: (signal: AbortSignal, onServing?: () => void) => Promise<void>;
  /** Stops everything, the doors first; resolves when no process is left. Idempotent. */
  readonly stop: () => Promise<void>;
  /** Kills everything. Does not wait: the processes may exist for a moment after the return. */
  readonly kill: () => void;
  readonly status: () => readonly NodeStatus[];
  readonly topology: () => Topology;
  /** Takes another topology. New nodes are not started yet. Nodes that are not in the new topology continue to run. */
  readonly place: (next: Topology) => void;
  /** Tells every running process the current topology. */
  readonly announce: (keys: PublishedKeys) => void;
  readonly children: () => Iterable<Child>;
  /** One node's process; undefined for an unknown id. */
  readonly child: (id: string) => Child | undefined;
  /**
   * A second process for a node, not started and not watched here: a copy of the running one, even with the
   * same incarnation.
   */
  readonly newTwin: (id: string, incarnation: number) => Child;
}

/** One parent that starts, watches and restarts node processes. */
export function createWatchdog(options: WatchdogOptions): Watchdog {
  const { components, command, args, logDir, env = () => ({}), clock, scheduler, onChange } = options;
  const { nextIncarnation } = options;
  const commandOf = (node: TopologyNode) => [...command, 'run-node', ...args(node)] as const;
  if (logDir !== undefined) makeFolder(logDir);
  const logFileOf = (name: string): string | undefined => logDir && path.join(logDir, `${name}.log`);
  const waiters = new Set<() => void>();
  let starting = false;
  // In a container, there is one node per watchdog. A spare process would double the memory of the container.
  const spare =
    logDir === undefined
      ? undefined
      : createSpare({ command: [...command, 'run-spare'], env: withoutNodes(env, options.nodes), scheduler });
  const newChild = (node: TopologyNode): Child =>
    createChild({
      id: node.id,
      command: commandOf(node),
      args: args(node),
      spare,
      env: (incarnation) => env(node, incarnation),
      logFile: logFileOf(node.id),
      nextIncarnation,
      joiningPolicy: () => policyOfPeers(node),
      readyNodes: () => (starting ? readyIds() : undefined),
      clock,
      scheduler,
      onChange(state) {
        onChange(node, state);
        for (const wake of waiters) wake();
      },
    });
  let { topology, nodes } = options;
  let children = new Map<string, Child>(nodes.map((node) => [node.id, newChild(node)]));

  /**
   * The policy of the running nodes with the same work, because a node that joins serves the same calls. Undefined if
   * these nodes have different policies. Nodes that are stopped do not count: they miss changes.
   */
  function policyOfPeers(joining: TopologyNode): Policy | undefined {
    const work = String(joining.components);
    const peers = nodes
      .filter(({ id, components: its }) => id !== joining.id && String(its) === work)
      .map(({ id }) => children.get(id)!)
      .filter((peer) => peer.state().state !== 'stopped')
      .map((peer) => peer.policy());
    return peers.every((policy) => isDeepStrictEqual(policy, peers[0])) ? peers[0] : undefined;
  }

  const readyIds = (): string[] =>
    [...children.values()].filter((it) => it.state().state === 'ready').map(({ id }) => id);

  /** All nodes load their code at the same time, and open wave by wave. */
  async function startAll(part: readonly TopologyNode[], signal: AbortSignal): Promise<void> {
    for (const node of part) children.get(node.id)!.load();
    for (const wave of startWaves(part, await components())) {
      if (signal.aborted) throw signal.reason;
      for (const node of wave) children.get(node.id)!.start();
      await waveReady(wave, signal);
    }
  }

  /** Resolves when every node of the wave is ready. */
  function waveReady(wave: readonly TopologyNode[], signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (error?: Error): void => {
        waiters.delete(check);
        signal.removeEventListener('abort', check);
        if (error) reject(error);
        else resolve();
      };
      const check = (): void => {
        if (signal.aborted) return finish(signal.reason as Error);
        const states = wave.map((node) => ({ node, ...children.get(node.id)!.state() }));
        const lost = states.find(({ state }) => state === 'crash-loop');
        if (lost)
          return finish(new Error(`${lost.node.id} keeps crashing; its log is ${logFileOf(lost.node.id) ?? 'above'}`));
        if (states.every(({ state }) => state === 'ready')) finish();
      };
      waiters.add(check);
      signal.addEventListener('abort', check);
      check();
    });
  }

  let stopping: Promise<void> | undefined;
  async function stopAll(): Promise<void> {
    spare?.stop();
    for (const child of children.values()) child.retire();
    for (const wave of startWaves(nodes, await components()).toReversed())
      await Promise.all(wave.map((node) => children.get(node.id)!.stop(stopGraceMs)));
  }

  return {
    async start(signal, onServing) {
      const [first, second] = startParts(topology, nodes);
      starting = second.length > 0;
      try {
        await startAll(first, signal);
        if (starting) onServing?.();
        await startAll(second, signal);
      } finally {
        starting = false;
        for (const child of children.values()) child.allStarted();
      }
      spare?.prepare();
    },
    stop: () => (stopping ??= stopAll()),
    kill() {
      spare?.stop();
      for (const child of children.values()) {
        child.retire();
        child.signal('SIGKILL');
      }
    },
    topology: () => topology,
    place(next) {
      const placed = new Set(next.nodes.map(({ id }) => id));
      // A node that has stopped is forgotten. Later, a node of that name may do other work.
      const runOn = nodes.filter(({ id }) => !placed.has(id) && children.get(id)!.state().state !== 'stopped');
      topology = next;
      nodes = [...next.nodes, ...runOn];
      children = new Map(nodes.map((node) => [node.id, children.get(node.id) ?? newChild(node)]));
    },
    announce(keys) {
      for (const child of children.values()) child.place({ topology, keys });
    },
    status() {
      const placed = new Set(topology.nodes.map(({ id }) => id));
      return nodes.flatMap((node) => {
        const child = children.get(node.id)!;
        return child.state().state === 'stopped' && !placed.has(node.id) ? [] : nodeStatus(node, child);
      });
    },
    children: () => children.values(),
    child: (id) => children.get(id),
    newTwin(id, incarnation) {
      const node = nodes.find((it) => it.id === id)!;
      return createChild({
        id,
        command: commandOf(node),
        env: () => ({ ...env(node, incarnation), TIERLAB_TWIN: '1' }),
        logFile: logFileOf(`${id}-twin`),
        nextIncarnation: () => incarnation,
        joiningPolicy: () => children.get(id)!.policy(),
        clock,
        scheduler,
        onChange: () => undefined,
      });
    },
  };
}

/** The environment of a process that is no node yet. It has no variable that the watchdog gives to nodes: no keys. */
function withoutNodes(env: NonNullable<WatchdogOptions['env']>, nodes: readonly TopologyNode[]): NodeJS.ProcessEnv {
  const names = nodes.flatMap((node) => Object.keys(env(node, 0)));
  return { ...process.env, ...Object.fromEntries(names.map((name) => [name, undefined])) };
}
