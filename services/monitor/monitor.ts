import type { ControlClient } from '../../shared/control/client.ts';
import { peersOf, startedNodes, type Topology } from '../../shared/cluster/topology.ts';
import type { Verdict } from '../../shared/membership/verdict.ts';
import type { Standing } from './hysteresis.ts';
import type { Incident, OrderResult } from './incident.ts';
import type { LagMeter } from '../../shared/membership/lag.ts';
import type { RepairOrder } from './repair-policy.ts';
import type { Promotion, View } from '../../shared/membership/view.ts';
import { RpcError } from '../../shared/rpc/errors.ts';
import type { Clock } from '../../shared/time/clock.ts';
import type { Scheduler } from '../../shared/time/scheduler.ts';
import type { EvidenceSettings, FixedDetectorSettings } from '../../shared/rpc/monitoring-settings.ts';
import { doubtsItself } from './evidence.ts';
import { allSources, noSources } from './evidence-sources.ts';
import { createFixedDetector, type FixedDetector } from './fixed-detector.ts';
import type { Digest, Heartbeat } from './contract.ts';
import { createSenderChecks } from './sender-checks.ts';
import { createDiagnoser, type Diagnoser } from './diagnoser.ts';
import { createRoles, type Roles } from './roles.ts';
import { createProber } from './probe.ts';
import { createRotation, type Rotation } from './rotation.ts';
import { createFailureDetector, type FailureDetector } from './failure-detector.ts';
import { settings } from './settings.ts';
import { createRepairer } from './repairer.ts';

export interface MonitorOptions {
  readonly node: string;
  readonly incarnation: number;
  readonly topology: Topology;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly lag: Pick<LagMeter, 'lagMs' | 'lostMs'>;
  readonly control: ControlClient;
  readonly token: string | undefined;
  /** The sources of evidence, and the fixed detector, that are on now. */
  readonly switches?: MonitorSwitches;
  /** Incidents and promotions that an earlier life of this monitor left. */
  readonly open: readonly Incident[];
  readonly promotions: readonly Promotion[];
  /** Sends a digest to another monitor; rejects when there is no answer. Must be bounded in time. */
  readonly exchange: (monitor: string, digest: Digest) => Promise<Digest>;
  readonly onIncident: (incident: Incident) => void;
  readonly onVerdict: (node: string, from: Verdict, standing: Standing) => void;
  readonly onOrder: (order: RepairOrder, result: OrderResult, detail?: string) => void;
  readonly onPromotion: (promotion: Promotion) => void;
}

export interface MonitorSwitches {
  /** False: no source at all. */
  readonly evidence: () => EvidenceSettings | false;
  readonly fixedDetector: () => FixedDetectorSettings | false;
}

const usual: MonitorSwitches = { evidence: () => allSources, fixedDetector: () => false };

export interface Monitor {
  /** Handles a heartbeat. Throws `forbidden` if that node cannot have sent it. */
  readonly heard: (beat: Heartbeat) => void;
  /** Adds a node's evidence about others. */
  readonly reported: FailureDetector['reported'];
  /** Takes another monitor's digest, and returns its own. Throws `forbidden` if no other monitor can have sent it. */
  readonly exchanged: (digest: Digest, caller?: string) => Digest;
  readonly view: () => View;
  /**
   * The view that nodes follow; undefined while this monitor has just started, and has not heard every node yet.
   * Otherwise only the nodes that were heard first would be alive in the view, and callers would send all calls to
   * them.
   */
  readonly viewForNodes: () => View | undefined;
  readonly changes: Rotation['changes'];
  /** The monitor that takes out serving nodes; undefined while no monitor trusts itself. */
  readonly leader: () => string | undefined;
  readonly detector: FailureDetector;
  readonly diagnoser: Diagnoser;
  readonly roles: Roles;
  /** Runs beside phi while its switch is on. */
  readonly fixedDetector: FixedDetector;
  readonly stop: () => void;
}

/**
 * One monitor: the same in a live process and in a simulation.
 *
 *   heartbeats --+
 *   evidence     +--> failure detector --evidence--> diagnoser --verdict--> repairer --order--> watchdog
 *   probes       |                                      |                      |
 *   digests -----+                                      +--> incidents         +--> rotation --view--> nodes
 */
export function createMonitor(options: MonitorOptions): Monitor {
  const { node: own, incarnation, topology, clock, scheduler, lag, control, token, exchange } = options;
  const { switches = usual } = options;
  const nodes = topology.nodes.map(({ id }) => id);
  const monitors = topology.nodes.filter(({ components }) => components.includes('monitor')).map(({ id }) => id);
  const detector = createFailureDetector({
    nodes,
    peersOf: (node) => peersOf(topology, node).map(({ id }) => id),
    clock,
    lag,
    sources: () => switches.evidence() || noSources,
  });
  const fixedDetector = createFixedDetector(nodes, clock);
  const diagnoser = createDiagnoser({
    nodes,
    detector,
    clock,
    open: options.open,
    repairOf: (node) => repairer.repairOf(node),
    isDrained: (node) => repairer.isDrained(node),
    onIncident: options.onIncident,
    onVerdict: options.onVerdict,
  });
  const roles = createRoles({
    topology,
    detector,
    isWell: (node) => diagnoser.assessment(node).standing.verdict === 'healthy',
    onChange: options.onPromotion,
  });
  roles.learn(options.promotions);
  const senderChecks = createSenderChecks({
    monitor: own,
    topology,
    greatestIncarnation: incarnation + settings.incarnationRoom,
    newestToken: roles.newestToken,
  });
  const repairer = createRepairer({
    monitor: own,
    topology,
    detector,
    diagnoser,
    roles,
    clock,
    control,
    token,
    onOrder: options.onOrder,
  });
  const rotation = createRotation({
    monitor: own,
    nodes,
    // A restarted monitor must not give version numbers of its earlier process to other views.
    firstVersion: incarnation * settings.versionsPerLife,
    detector,
    diagnoser,
    takenOut: repairer.takenOut,
    roles,
    clock,
    lag,
  });
  const prober = createProber({
    topology,
    control,
    clock,
    onResult(node, result) {
      detector.probed(node, result);
      diagnoser.news(node);
      consider(node);
    },
  });

  const startedAt = clock.now();
  const expected = startedNodes(topology);
  function viewForNodes(): View | undefined {
    const knowsEnough =
      clock.now() - startedAt >= settings.firstViewMs ||
      expected.every(({ id }) => detector.record(id).incarnation() !== undefined);
    return knowsEnough ? rotation.view() : undefined;
  }

  function consider(node: string): void {
    repairer.consider(node);
    rotation.refresh();
  }

  function digest(): Digest {
    const now = clock.now();
    return {
      monitor: own,
      doubtsItself: doubtsItself(detector.observer()),
      members: nodes.flatMap((node) => {
        const record = detector.record(node);
        const silentMs = record.silentMs(now, lag.lostMs());
        if (silentMs === undefined) return [];
        return {
          node,
          incarnation: record.incarnation()!,
          silentMs,
          verdict: diagnoser.assessment(node).standing.verdict,
        };
      }),
      orders: [...repairer.orderDigests()],
      promotions: [...roles.promotions()],
    };
  }

  function learn(news: Digest, caller?: string): void {
    senderChecks.checkDigest(news, caller);
    detector.digest(news);
    roles.learn(news.promotions);
    repairer.learn(news);
  }

  /** An exchange without an answer, or with one that is refused, has no effect: the next one is due soon. */
  async function speakWith(other: string): Promise<void> {
    try {
      learn(await exchange(other, digest()), other);
    } catch (thrown) {
      if (!(thrown instanceof RpcError)) throw thrown;
    }
  }

  let looks = 0;
  function look(): void {
    const fixed = switches.fixedDetector();
    for (const node of nodes) {
      const { heardAt, phase } = detector.record(node);
      fixedDetector.look(node, phase() === 'ready' ? heardAt() : undefined, fixed);
      diagnoser.look(node);
      if (node !== own && detector.inDoubt(node)) prober.ask(node);
    }
    looks++;
    if (looks % Math.round(settings.windowMs / settings.lookMs) === 0) {
      for (const node of nodes) {
        diagnoser.window(node);
        repairer.consider(node);
      }
      // Each pair of monitors speaks once a window: the first of the two asks.
      for (const other of monitors) if (own < other) void speakWith(other);
    }
    rotation.refresh();
  }
  rotation.refresh();
  const timer = scheduler.every(settings.lookMs, look, 0);

  return {
    heard(beat) {
      senderChecks.checkBeat(beat);
      const before = detector.record(beat.node).phase();
      const hearing = detector.heartbeat(beat);
      if (hearing === 'unknown' || hearing === 'stale') return;
      if (hearing === 'restarted') diagnoser.news(beat.node);
      if (hearing === 'restarted' || before !== beat.phase) rotation.refresh();
    },
    reported: detector.reported,
    exchanged(news, caller) {
      learn(news, caller);
      return digest();
    },
    view: rotation.view,
    viewForNodes,
    changes: rotation.changes,
    leader: repairer.leader,
    detector,
    diagnoser,
    roles,
    fixedDetector,
    stop: () => timer.cancel(),
  };
}
