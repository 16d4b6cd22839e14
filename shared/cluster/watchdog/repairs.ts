import Type, { type Static } from 'typebox';
import { Value } from 'typebox/value';
import { Verdict } from '../../membership/verdict.ts';
import { tolerated } from '../../tolerated.ts';
import { RpcError } from '../../rpc/errors.ts';
import { schemaProblem } from '../../schema/problem.ts';
import type { Clock } from '../../time/clock.ts';
import type { ControlRoute } from '../../control/server.ts';
import { replicaGroup, type Topology, type TopologyNode } from '../topology.ts';
import { keptDown, type Child } from './child.ts';
import type { Watchdog } from './watchdog.ts';
import { orderRoute } from '../../control/server.ts';

/** A repair as a monitor orders it. Drains are not here: a drain only changes the node's state in the view. */
const RepairRequest = Type.Object(
  {
    /**
     * If two monitors send the same order, or a monitor repeats an order, the id is the same, and the order is carried
     * out once.
     */
    id: Type.String({ minLength: 1, maxLength: 200 }),
    /** The monitor that sends the order. */
    by: Type.String(),
    do: Type.Enum(['restart', 'quarantine', 'promote']),
    node: Type.String(),
    /** The incarnation that the order is about; an order about an earlier incarnation does nothing. */
    incarnation: Type.Optional(Type.Integer({ minimum: 0 })),
    resynchronise: Type.Optional(Type.Boolean()),
    instead: Type.Optional(Type.String()),
    /** The diagnosis of the node. */
    verdict: Type.Optional(Verdict),
  },
  { additionalProperties: false },
);
type RepairRequest = Static<typeof RepairRequest>;

/** `already`: done before, or done by the watchdog itself. `stale`: about an earlier incarnation of the node. */
export type RepairResult = 'done' | 'already' | 'stale';

/**
 * `by`, `verdict`: the monitor whose order was carried out, and its diagnosis; absent where the watchdog acted by
 * itself.
 */
export interface RepairAnswer {
  readonly id: string;
  readonly result: RepairResult;
  readonly by?: string;
  readonly verdict?: Verdict | undefined;
}

/** Limits for all orders together. Each monitor also has limits of its own. */
const limits = {
  /** Between two repairs of one node, ms. */
  gapMs: 3_000,
  /** Most repairs of all nodes together within `burstMs`. */
  burst: 6,
  burstMs: 10_000,
  /** A process that loads for longer than this may be killed while it starts, ms. */
  startGraceMs: 20_000,
  /** A node whose main loop answers within this time may still be serving, ms. */
  answerMs: 1_000,
} as const;

const rememberedOrders = 500;

interface RepairOptions {
  readonly topology: () => Topology;
  readonly watchdog: Pick<Watchdog, 'child'>;
  readonly clock: Clock;
  /** Deletes what a node keeps on disk, while the node is not running. */
  readonly wipe: (node: string) => Promise<void>;
}

/**
 * Carries out repair orders on this watchdog's own processes. Throws `bad_request`, `not_found` and
 * `too_many_requests`. Throws `conflict` if an operator stopped the node, or if a fault holds it down: a repair must
 * not undo that.
 */
export function createRepairs({ topology, watchdog, clock, wipe }: RepairOptions) {
  const answers = new Map<string, Promise<RepairAnswer>>();
  /** Nodes that a repair is killing. The child says `ready` until its process is gone. */
  const goingDown = new Set<string>();
  let done: (Pick<RepairRequest, 'node' | 'by' | 'verdict'> & { readonly at: number })[] = [];

  function child(id: string) {
    const found = watchdog.child(id);
    if (!found) throw new RpcError('not_found', `no node ${id} here`);
    return found;
  }

  function checkLimits({ node }: RepairRequest): void {
    const now = clock.now();
    done = done.filter(({ at }) => now - at < limits.burstMs);
    if (done.some((it) => it.node === node && now - it.at < limits.gapMs))
      throw new RpcError('too_many_requests', `${node} was repaired less than ${limits.gapMs / 1_000} s ago`);
    if (done.length >= limits.burst)
      throw new RpcError(
        'too_many_requests',
        `${limits.burst} repairs within ${limits.burstMs / 1_000} s: something else is wrong`,
      );
  }

  /**
   * The reason why `node` must stay up: too many members of its group on this machine are down. A standby has no
   * role of its own, so nobody needs it. Nobody needs a node that the topology no longer has, either.
   */
  function needed(node: string): string | undefined {
    const asked = topology().nodes.find(({ id }) => id === node);
    if (asked === undefined || asked.standby !== undefined) return undefined;
    const group = replicaGroup(asked);
    const isPeer = (it: TopologyNode) => replicaGroup(it) === group && it.standby === undefined;
    const peers = topology().nodes.flatMap((it) => (isPeer(it) && !it.idle && watchdog.child(it.id)) || []);
    const isDown = ({ id, state }: Pick<Child, 'id' | 'state'>) => goingDown.has(id) || state().state !== 'ready';
    const down = peers.filter((it) => it.id !== node && isDown(it)).length;
    if (peers.length < 2 || down < tolerated(peers.length)) return undefined;
    return `${down} of ${peers.length} in ${group} are down already`;
  }

  async function restart(request: RepairRequest): Promise<RepairResult> {
    const { node, incarnation, resynchronise } = request;
    const target = child(node);
    // A node that does not answer serves nobody. It may be restarted however few others are left.
    const serves =
      needed(node) !== undefined && target.state().state === 'ready' && (await target.answers(limits.answerMs));
    const state = target.state();
    if (state.state === 'held') throw new RpcError('conflict', keptDown(node));
    if (state.state === 'stopped' || state.state === 'stopping')
      throw new RpcError('conflict', `${node} was stopped on purpose`);
    if (state.state === 'backoff') return 'already';
    if (state.state === 'starting' && clock.now() - state.since < limits.startGraceMs) return 'already';
    const running = target.incarnation();
    if (running !== undefined && incarnation !== undefined && incarnation < running) return 'stale';
    checkLimits(request);
    const reason = serves && state.state === 'ready' ? needed(node) : undefined;
    if (reason !== undefined) throw new RpcError('too_many_requests', reason);
    done.push({ at: clock.now(), node, by: request.by, verdict: request.verdict });
    goingDown.add(node);
    try {
      await target.restart('repair', resynchronise ? () => wipe(node) : undefined);
    } finally {
      goingDown.delete(node);
    }
    return 'done';
  }

  /** The standby learns of its promotion by the view. A cold standby is started first. */
  function promote({ node }: RepairRequest): RepairResult {
    const target = child(node);
    const { state } = target.state();
    if (state === 'held') throw new RpcError('conflict', keptDown(node));
    if (state !== 'stopped' && state !== 'crash-loop') return 'already';
    target.start('repair');
    return 'done';
  }

  async function carryOut(request: RepairRequest): Promise<RepairAnswer> {
    const { id, node } = request;
    const result = request.do === 'promote' ? promote(request) : await restart(request);
    if (result === 'stale') return { id, result };
    const { by, verdict } = (result === 'done' ? request : repairUnderWay(node)) ?? {};
    return { id, result, ...(by !== undefined && { by, verdict }) };
  }

  /** The repair that is the reason why the node starts again; undefined when the watchdog restarts it by itself. */
  function repairUnderWay(node: string): (typeof done)[number] | undefined {
    const state = child(node).state();
    const downAt = state.state === 'starting' ? state.since : clock.now();
    return done.findLast((it) => it.node === node && downAt >= it.at && downAt - it.at < limits.gapMs);
  }

  const repeated = (answer: RepairAnswer): RepairAnswer => ({
    ...answer,
    result: answer.result === 'stale' ? 'stale' : 'already',
  });

  async function order(body: unknown): Promise<RepairAnswer> {
    if (!Value.Check(RepairRequest, body))
      throw new RpcError('bad_request', schemaProblem(RepairRequest, body, 'repair') ?? 'the order is not valid');
    const earlier = answers.get(body.id);
    if (earlier) return repeated(await earlier);
    const carriedOut = carryOut(body);
    answers.set(body.id, carriedOut);
    if (answers.size > rememberedOrders) answers.delete(answers.keys().next().value!);
    try {
      return await carriedOut;
    } catch (error) {
      // A refusal is not remembered, because the same order may be right later.
      answers.delete(body.id);
      throw error;
    }
  }

  return { order };
}

/** POST /repairs, with the operator token. */
export function repairRoutes(options: RepairOptions): ControlRoute[] {
  const repairs = createRepairs(options);
  return [orderRoute('/repairs', (_parameters, body) => repairs.order(body))];
}
