import { askControl } from '../../shared/control/client.ts';
import { siteOf } from '../../shared/faults/kinds.ts';
import { systemScheduler } from '../../shared/time/scheduler.ts';
import type { FaultProof, LabCluster, LabFault, LabNode } from '../runner/lab.ts';
import { untilNo } from './until.ts';

const here = '127.0.0.1';
const answerMs = 5_000;
/** Longer than any lab runs. */
const faultTtlMs = 300_000;
const crashBoundMs = 5_000;
const pollMs = 50;

/** What a watchdog says of one node. */
type NodeState = LabNode & { readonly restarts: number; readonly state: string };

/** What a lab has changed in a cluster, and must change back where the cluster lives on. */
export interface Changes {
  /** The policies of nodes before their first change, with the ops port of each node. */
  readonly policies: Readonly<Record<string, { readonly port: number; readonly policy: unknown }>>;
  /** The ports where faults are held. */
  readonly faults: readonly { readonly port: number; readonly id: string }[];
}

export interface HandleOptions {
  /** The watchdog's port. */
  readonly portBase: number;
  readonly token: string;
  readonly signal: AbortSignal;
  /** Whether the cluster lives on: then the policies of all nodes are remembered, because a restart loses a change. */
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

/** Asks and orders the nodes of a running cluster, and its watchdog, on this machine. */
export async function openCluster({
  portBase,
  token,
  signal,
  livesOn = false,
  onChange,
}: HandleOptions): Promise<ClusterHandle> {
  const order = (port: number, method: 'POST' | 'DELETE', path: string, body?: unknown) =>
    askControl({ host: here, port }, { method, path, body, token, timeoutMs: answerMs });
  const read = (port: number, path: string) => askControl({ host: here, port }, { path, token, timeoutMs: answerMs });
  const status = async () => ((await read(portBase, '/status')) as { nodes: readonly NodeState[] }).nodes;
  const nodes = await status();
  const restartsBefore = new Map(nodes.map(({ id, restarts }) => [id, restarts]));
  const opsPort = (node: string): number => nodes.find(({ id }) => id === node)!.opsPort;
  const mayEnd = new Set<string>();
  const owner = `lab-${process.pid}`;
  let serial = 0;
  let changes: Changes = { policies: {}, faults: [] };
  const note = (change: Partial<Changes>): void => {
    changes = { ...changes, ...change };
    onChange?.(changes);
  };
  const remember = async (node: string): Promise<void> => {
    const policy = await read(opsPort(node), '/admin/policy');
    note({ policies: { ...changes.policies, [node]: { port: opsPort(node), policy } } });
  };
  if (livesOn) for (const { id } of nodes) await remember(id);
  const renewing = systemScheduler.every(1_000, () => {
    for (const port of new Set(changes.faults.map((held) => held.port)))
      void order(port, 'POST', '/admin/faults/renew', { owner }).catch(() => undefined);
  });

  async function inject(node: string, fault: LabFault): Promise<() => Promise<FaultProof>> {
    const { kind, params, probability = 1, startInMs: startAt = 0, secret: _secret, ...scope } = fault;
    // Faults of whole processes are carried out by the watchdog.
    const isOfProcess = siteOf(kind, params) === 'watchdog';
    if (isOfProcess && kind.startsWith('stop.')) mayEnd.add(node);
    const held = { port: isOfProcess ? portBase : opsPort(node), id: `lab-${process.pid}-${++serial}` };
    note({ faults: [...changes.faults, held] });
    const ttlMs = faultTtlMs;
    const one = { id: held.id, kind, target: node, params, probability, scope, startAt, ttlMs, owner, seed: serial };
    await order(held.port, 'POST', '/admin/faults', one);
    return async () => {
      const { active, ended } = (await read(held.port, '/admin/faults')) as Record<
        'active' | 'ended',
        readonly { fault: { id: string }; matched: number; applied: number }[]
      >;
      const found = [...active, ...ended].find(({ fault: { id } }) => id === held.id);
      await order(held.port, 'DELETE', `/admin/faults/${held.id}`).catch(() => undefined);
      note({ faults: changes.faults.filter((other) => other !== held) });
      return { kind, target: node, matched: found?.matched ?? 0, applied: found?.applied ?? 0 };
    };
  }

  return {
    portBase,
    nodes,
    async policy(node, policy) {
      if (!(node in changes.policies)) await remember(node);
      await order(opsPort(node), 'POST', '/admin/policy', policy);
    },
    ask: (node, path) => read(opsPort(node), path),
    inject,
    mayEnd: (node) => void mayEnd.add(node),
    restarts: async (node) => (await status()).find(({ id }) => id === node)?.restarts ?? 0,
    async crash(node) {
      await inject(node, { kind: 'stop.kill', params: { downMs: faultTtlMs } });
      const isUp = async () => (await status()).find(({ id }) => id === node)?.state !== 'held';
      await untilNo(async () => ((await isUp()) ? `${node} has not crashed` : undefined), {
        boundMs: crashBoundMs,
        pollMs,
        signal,
      });
    },
    async died() {
      const now = await status().catch(() => undefined);
      // The whole cluster is gone when nobody answers.
      const ended = (now ?? []).filter(({ id, restarts }) => restarts > (restartsBefore.get(id) ?? 0));
      return (now === undefined ? nodes : ended).map(({ id }) => id).filter((id) => !mayEnd.has(id));
    },
    changes: () => changes,
    close: () => renewing.cancel(),
  };
}
