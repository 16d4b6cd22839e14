import { randomBytes } from 'node:crypto';
import { type ClusterNode, statusOf } from '../../cli/watchdog-client.ts';
import { askControl, type ControlAddress } from '../../shared/control/client.ts';
import { siteOf } from '../../shared/faults/kinds.ts';
import { systemScheduler } from '../../shared/time/scheduler.ts';
import type { FaultProof, LabCluster, LabFault } from '../runner/lab.ts';
import { untilNo } from './until.ts';

const answerMs = 5_000;
/** Longer than any lab runs. */
const faultTtlMs = 300_000;
const crashBoundMs = 5_000;
const pollMs = 50;

/** What a lab has changed in a cluster, and must change back if the cluster lives on. */
export interface Changes {
  /** The policies of nodes before their first change, with the address of each node's ops port. */
  readonly policies: Readonly<Record<string, { readonly at: ControlAddress; readonly policy: unknown }>>;
  /** Where faults are held: at the ops port of a node, or at its watchdog. */
  readonly faults: readonly { readonly at: ControlAddress; readonly id: string }[];
}

export interface HandleOptions {
  /** The port of every watchdog: this machine has one watchdog, or each container has one. */
  readonly portBase: number;
  /** All nodes, with the host of each. */
  readonly nodes: readonly ClusterNode[];
  readonly token: string;
  readonly signal: AbortSignal;
  /**
   * Whether the cluster lives on after the lab. If so, the policies of all nodes are remembered, because a restarted
   * node loses a changed policy.
   */
  readonly livesOn?: boolean;
  /** Called before each change that has to be undone. */
  readonly onChange?: (changes: Changes) => void;
}

export interface ClusterHandle extends LabCluster {
  /** Ids of the nodes that ended without an order: their process was started again, or the whole cluster is gone. */
  readonly died: () => Promise<readonly string[]>;
  /** What is to be undone now. */
  readonly changes: () => Changes;
  /** Ends the renewal of faults: they end by themselves, soon. */
  readonly close: () => void;
}

/** Asks and orders the nodes of a running cluster, and their watchdogs. */
export async function openCluster({
  portBase,
  nodes,
  token,
  signal,
  livesOn = false,
  onChange,
}: HandleOptions): Promise<ClusterHandle> {
  const order = (at: ControlAddress, method: 'POST' | 'DELETE', path: string, body?: unknown) =>
    askControl(at, { method, path, body, token, timeoutMs: answerMs });
  const read = (at: ControlAddress, path: string) => askControl(at, { path, token, timeoutMs: answerMs });
  const statusOfNode = async (node: string) => (await statusOf([nodeAt(node)], portBase, answerMs))[0]!;
  const restartsBefore = new Map(nodes.map(({ id, restarts }) => [id, restarts]));
  const nodeAt = (node: string): ClusterNode => nodes.find(({ id }) => id === node)!;
  const opsOf = (node: string): ControlAddress => ({ host: nodeAt(node).host, port: nodeAt(node).opsPort });
  const watchdogOf = (node: string): ControlAddress => ({ host: nodeAt(node).host, port: portBase });
  const mayEnd = new Set<string>();
  // Not a process id: another lab may get the same id, most of all in a container. A node still lists faults that have
  // ended, and a fault of an earlier lab must not have the same name.
  const owner = `lab-${randomBytes(4).toString('hex')}`;
  let serial = 0;
  let changes: Changes = { policies: {}, faults: [] };
  const note = (change: Partial<Changes>): void => {
    changes = { ...changes, ...change };
    onChange?.(changes);
  };
  const remember = async (node: string): Promise<void> => {
    const at = opsOf(node);
    const policy = await read(at, '/admin/policy');
    note({ policies: { ...changes.policies, [node]: { at, policy } } });
  };
  if (livesOn) for (const { id } of nodes) await remember(id);
  const renewing = systemScheduler.every(1_000, () => {
    const holders = new Map(changes.faults.map(({ at }) => [`${at.host}:${at.port}`, at]));
    for (const at of holders.values()) void order(at, 'POST', '/admin/faults/renew', { owner }).catch(() => undefined);
  });

  async function inject(node: string, fault: LabFault): Promise<() => Promise<FaultProof>> {
    const { kind, params, probability = 1, startInMs: startAt = 0, secret: _secret, ...scope } = fault;
    // Faults of whole processes are carried out by the watchdog.
    const isOfProcess = siteOf(kind, params) === 'watchdog';
    if (isOfProcess && kind.startsWith('stop.')) mayEnd.add(node);
    const at = isOfProcess ? watchdogOf(node) : opsOf(node);
    const held = { at, id: `${owner}-${++serial}` };
    note({ faults: [...changes.faults, held] });
    const ttlMs = faultTtlMs;
    const one = { id: held.id, kind, target: node, params, probability, scope, startAt, ttlMs, owner, seed: serial };
    await order(at, 'POST', '/admin/faults', one);
    return async () => {
      const { active, ended } = (await read(at, '/admin/faults')) as Record<
        'active' | 'ended',
        readonly { fault: { id: string }; matched: number; applied: number }[]
      >;
      const found = [...active, ...ended].find(({ fault: { id } }) => id === held.id);
      await order(at, 'DELETE', `/admin/faults/${held.id}`).catch(() => undefined);
      note({ faults: changes.faults.filter((other) => other !== held) });
      return { kind, target: node, matched: found?.matched ?? 0, applied: found?.applied ?? 0 };
    };
  }

  return {
    portBase,
    nodes,
    async policy(node, policy) {
      if (!(node in changes.policies)) await remember(node);
      await order(opsOf(node), 'POST', '/admin/policy', policy);
    },
    ask: (node, path) => read(opsOf(node), path),
    inject,
    mayEnd: (node) => void mayEnd.add(node),
    restarts: async (node) => (await statusOfNode(node)).restarts,
    async crash(node) {
      await inject(node, { kind: 'stop.kill', params: { downMs: faultTtlMs } });
      const isUp = async () => (await statusOfNode(node)).state !== 'held';
      await untilNo(async () => ((await isUp()) ? `${node} has not crashed` : undefined), {
        boundMs: crashBoundMs,
        pollMs,
        signal,
      });
    },
    async died() {
      const ended = (await statusOf(nodes, portBase, answerMs)).filter(
        // If a watchdog is silent, its machine is gone, with all nodes on it.
        ({ id, restarts, state }) => state === 'silent' || restarts > (restartsBefore.get(id) ?? 0),
      );
      return ended.map(({ id }) => id).filter((id) => !mayEnd.has(id));
    },
    changes: () => changes,
    close: () => renewing.cancel(),
  };
}
