import {
  nodesHosting,
  replicaGroup,
  watchdogOf,
  type Topology,
  type TopologyNode,
} from '../../shared/cluster/topology.ts';
import type { ControlClient } from '../../shared/control/client.ts';
import { decideRepair, type RepairOrder, type GroupCondition } from './repair-policy.ts';
import type { RepairAnswer } from '../../shared/cluster/watchdog/repairs.ts';
import { RpcError } from '../../shared/rpc/errors.ts';
import type { OrderResult } from './incident.ts';
import type { Clock } from '../../shared/time/clock.ts';
import type { Digest, OrderDigest } from './contract.ts';
import type { Verdict } from '../../shared/membership/verdict.ts';
import type { RepairUnderWay } from './window-diagnosis.ts';
import type { Diagnoser } from './diagnoser.ts';
import { createOrderLog, type KnownOrder } from './order-log.ts';
import type { Roles } from './roles.ts';
import type { FailureDetector } from './failure-detector.ts';
import { createAgreement } from './agreement.ts';
import { doubtsItself } from './evidence.ts';
import { settings } from './settings.ts';

export interface RepairerOptions {
  readonly monitor: string;
  readonly topology: Topology;
  readonly detector: FailureDetector;
  readonly diagnoser: Diagnoser;
  readonly roles: Roles;
  readonly clock: Clock;
  readonly control: ControlClient;
  /** Without it, this monitor only watches. */
  readonly token: string | undefined;
  readonly onOrder: (order: RepairOrder, result: OrderResult, detail?: string) => void;
}

/** Turns verdicts into repair orders, and knows which nodes these orders took out of rotation. */
export interface Repairer {
  /**
   * The repair that is taking the node's process down. Undefined without such a repair, or when the process is back or
   * has had time to come back.
   */
  readonly repairOf: (node: string) => RepairUnderWay | undefined;
  /** A repair drained it, and the same process still runs. */
  readonly isDrained: (node: string) => boolean;
  /** The monitor whose orders the others wait for; undefined while no monitor trusts itself. */
  readonly leader: () => string | undefined;
  /** Decides what to do about a node now. Called once a window, and after a probe of the node. */
  readonly consider: (node: string) => void;
  readonly takenOut: ReadonlyMap<string, 'draining' | 'quarantined'>;
  /** The orders of the last minutes, for the other monitors. */
  readonly orderDigests: () => readonly OrderDigest[];
  /** Takes in the orders of other monitors, which count as well. */
  readonly learn: (digest: Digest) => void;
}

/** How long an order to a watchdog may take, ms: the watchdog waits for the killed process. */
const orderTimeoutMs = 5_000;

export function createRepairer(options: RepairerOptions): Repairer {
  const { monitor, topology, detector, diagnoser, roles, clock, control, token, onOrder } = options;
  const nodes = new Map(topology.nodes.map((node) => [node.id, node]));
  const otherMonitors = nodesHosting(topology, 'monitor').flatMap(({ id }) => (id === monitor ? [] : id));
  const agreement = createAgreement(monitor, otherMonitors, detector, clock);
  const takenOut = new Map<string, 'draining' | 'quarantined'>();
  const refused = new Map<string, number>();
  const orders = createOrderLog(clock);

  const serves = (node: TopologyNode): boolean => {
    const { phase } = detector.record(node.id);
    const { standing } = diagnoser.assessment(node.id);
    return (
      phase() === 'ready' && !takenOut.has(node.id) && standing.verdict !== 'crashed' && standing.verdict !== 'hung'
    );
  };

  function groupCondition(node: TopologyNode): GroupCondition {
    const group = topology.nodes.filter((it) => replicaGroup(it) === replicaGroup(node));
    const members = group.filter(({ id }) => roles.holds(id));
    return {
      now: clock.now(),
      groupSize: members.length,
      groupServing: members.filter(serves).length,
      standbys: roles.holds(node.id) ? roles.waiting(node) : [],
      past: orders.past(),
      doubtsItself: doubtsItself(detector.observer()),
      restartRefused: clock.now() - (refused.get(node.id) ?? -Infinity) < settings.refusalMs,
    };
  }

  async function carryOut(order: RepairOrder, { id, verdict }: KnownOrder): Promise<void> {
    if (order.do === 'drain') {
      takenOut.set(order.node, 'draining');
      return finish({ order, id, verdict, result: 'done' });
    }
    if (order.do === 'quarantine') takenOut.set(order.node, 'quarantined');
    if (order.do === 'promote') roles.promote(order);
    const target = nodes.get(order.node)!;
    try {
      const answer = await control(watchdogOf(topology, target), {
        method: 'POST',
        path: '/repairs',
        token,
        timeoutMs: orderTimeoutMs,
        body: { id, by: monitor, verdict, ...order },
      });
      const { result, by, verdict: repairedFor = verdict } = answer as RepairAnswer;
      if (order.do !== 'promote' && result === 'done') detector.forget(order.node);
      const detail = result === 'already' ? `by ${by ?? 'its watchdog'}` : undefined;
      finish({ order, id, verdict: repairedFor, result, detail });
    } catch (thrown) {
      const error = thrown instanceof RpcError ? thrown : new RpcError('internal', String(thrown));
      const isRefused = error.code === 'conflict';
      if (isRefused) refused.set(aboutWhom(order), clock.now());
      finish({ order, id, verdict, result: isRefused ? 'refused' : 'failed', detail: error.message });
    }
  }

  function finish({ order, id, verdict, result, detail }: Finished): void {
    orders.ended(id, result);
    const words = order.do === 'promote' ? `promote ${order.node}` : order.do;
    diagnoser.ordered(
      aboutWhom(order),
      { at: clock.wall(), order: words, result, ...(detail !== undefined && { detail }) },
      verdict,
    );
    onOrder(order, result, detail);
  }

  return {
    leader: agreement.leader,
    takenOut,
    repairOf(node) {
      const order = orders.takingDown(node, detector.record(node).aboutIncarnation());
      return order && { ...order, isOwn: order.by === monitor };
    },
    isDrained(node) {
      const about = { do: 'drain', node, incarnation: detector.record(node).incarnation() };
      return takenOut.get(node) === 'draining' && orders.past().some((it) => isSame(it, about));
    },
    consider(id) {
      const node = nodes.get(id)!;
      const { seen, standing, aboutIncarnation } = diagnoser.assessment(id);
      const { verdict, since } = standing;
      if (verdict === 'healthy') return void takenOut.delete(id);
      const record = detector.record(id);
      // The repair works: a new process is starting, or the last window was healthy already.
      if (token === undefined || id === monitor || seen.verdict !== verdict || record.restartedUnannounced()) return;
      // A new process sends heartbeats by now. It must not be killed because the earlier one died.
      if (record.incarnation() !== aboutIncarnation) return;
      if (!agreement.agreed(id, verdict) || agreement.isLeftToAnother(verdict, since)) return;
      const incarnation = aboutIncarnation ?? 0;
      const order = decideRepair(
        {
          node: id,
          incarnation,
          verdict,
          standingMs: clock.now() - since,
          stateful: node.components.includes('database'),
          serving: serves(node),
        },
        groupCondition(node),
      );
      if (order.do === 'wait') return;
      const about = { node: id, incarnation, do: order.do };
      const nth = orders.past().filter((it) => isSame(it, about)).length + 1;
      const known: KnownOrder = {
        ...about,
        id: `${order.do}/${id}/${incarnation}/${nth}`,
        by: monitor,
        at: clock.now(),
        group: replicaGroup(node),
        verdict,
      };
      orders.add(known);
      void carryOut(order, known);
    },
    orderDigests: orders.digests,
    learn(digest) {
      const { fresh, effective } = orders.learn(digest.orders.filter(({ node }) => nodes.has(node)));
      for (const order of effective) {
        if (order.do === 'promote' || orders.past().some((it) => it.by === monitor && isSame(it, order))) continue;
        const at = clock.wall() - (clock.now() - order.at);
        diagnoser.ordered(
          order.node,
          { at, order: order.do, result: 'already', detail: `by ${order.by}` },
          order.verdict,
        );
      }
      for (const { node, incarnation, do: what } of fresh) {
        // Takes the node out only while this monitor, too, has a verdict about that process. Otherwise nobody would put
        // the node back into rotation.
        const isCurrent = incarnation === (detector.record(node).incarnation() ?? 0);
        if (!isCurrent || diagnoser.assessment(node).standing.verdict === 'healthy') continue;
        if (what === 'drain') takenOut.set(node, 'draining');
        if (what === 'quarantine') takenOut.set(node, 'quarantined');
      }
    },
  };
}

interface Finished {
  readonly order: RepairOrder;
  readonly id: string;
  readonly verdict: Verdict;
  readonly result: OrderResult;
  readonly detail?: string | undefined;
}

/** A promotion repairs the node whose role is taken. */
const aboutWhom = (order: RepairOrder): string => (order.do === 'promote' ? order.instead : order.node);

/** Whether both orders do the same to the same process. */
const isSame = (a: KnownOrder, b: { do: string; node: string; incarnation: number | undefined }): boolean =>
  a.do === b.do && a.node === b.node && a.incarnation === b.incarnation;
