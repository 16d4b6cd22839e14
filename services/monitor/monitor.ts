import type { ControlClient } from '../../shared/control/client.ts';
import type { Topology } from '../../shared/cluster/topology.ts';
import type { Verdict } from '../../shared/membership/diagnosis.ts';
import type { Standing } from '../../shared/membership/hysteresis.ts';
import type { Incident, OrderResult } from '../../shared/membership/incident.ts';
import type { LagMeter } from '../../shared/membership/lag.ts';
import type { RepairOrder } from '../../shared/membership/repair.ts';
import type { Promotion, View } from '../../shared/membership/view.ts';
import { RpcError } from '../../shared/rpc/errors.ts';
import type { Clock } from '../../shared/time/clock.ts';
import type { Scheduler } from '../../shared/time/scheduler.ts';
import { thresholds } from '../../shared/membership/thresholds.ts';
import type { Digest, Heartbeat } from './contract.ts';
import { createCredibility } from './credible.ts';
import { createJudge, type Judge } from './judge.ts';
import { createPlaces, type Places } from './places.ts';
import { createProber } from './probe.ts';
import { createRotation } from './rotation.ts';
import { createSenses, type Senses } from './senses.ts';
import { settings } from './settings.ts';
import { createTreatment } from './treatment.ts';

export interface MonitorOptions {
  readonly node: string;
  readonly incarnation: number;
  readonly topology: Topology;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly lag: Pick<LagMeter, 'lagMs' | 'lostMs'>;
  readonly control: ControlClient;
  readonly token: string | undefined;
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

export interface Monitor {
  /** `caller`: the node that called, where that is known. Throws `forbidden` for what that node cannot have said. */
  readonly heard: (beat: Heartbeat, caller?: string) => void;
  /** Takes another monitor's digest, and gives its own. Throws `forbidden` for what no other monitor can have said. */
  readonly exchanged: (digest: Digest, caller?: string) => Digest;
  readonly view: () => View;
  readonly senses: Senses;
  readonly judge: Judge;
  readonly places: Places;
  readonly stop: () => void;
}

/**
 * One monitor: the same in a live process and in a simulation.
 *
 *   heartbeats --+
 *   sightings    +--> senses --evidence--> judge --verdict--> treatment --order--> watchdog
 *   probes       |                           |                    |
 *   digests -----+                           +--> incidents       +--> rotation --view--> nodes
 */
export function createMonitor(options: MonitorOptions): Monitor {
  const { node: own, incarnation, topology, clock, scheduler, lag, control, token, exchange } = options;
  const nodes = topology.nodes.map(({ id }) => id);
  const monitors = topology.nodes.filter(({ components }) => components.includes('monitor')).map(({ id }) => id);
  const senses = createSenses({ nodes, clock, lag });
  const judge = createJudge({
    nodes,
    senses,
    clock,
    open: options.open,
    repairOf: (node) => treatment.repairOf(node),
    isDrained: (node) => treatment.isDrained(node),
    onIncident: options.onIncident,
    onVerdict: options.onVerdict,
  });
  const places = createPlaces({
    topology,
    senses,
    isWell: (node) => judge.opinion(node).standing.verdict === 'healthy',
    onChange: options.onPromotion,
  });
  places.learn(options.promotions);
  const bornAt = clock.now();
  const credibility = createCredibility({
    monitor: own,
    topology,
    // By its own start, not its wall clock: that one may be skewed by a fault.
    latestIncarnation: () => incarnation + (clock.now() - bornAt) + settings.futureMs,
    newestToken: places.newestToken,
  });
  const treatment = createTreatment({
    monitor: own,
    topology,
    senses,
    judge,
    places,
    clock,
    control,
    token,
    onOrder: options.onOrder,
  });
  const rotation = createRotation({
    monitor: own,
    nodes,
    // A restarted monitor must not repeat version numbers of its earlier life with another meaning.
    firstVersion: incarnation % 1_000_000_000,
    senses,
    judge,
    takenOut: treatment.takenOut,
    places,
    clock,
    lag,
  });
  const prober = createProber({
    topology,
    control,
    clock,
    onResult(node, result) {
      senses.probed(node, result);
      judge.news(node);
      consider(node);
    },
  });

  function consider(node: string): void {
    treatment.consider(node);
    rotation.refresh();
  }

  function digest(): Digest {
    const now = clock.now();
    const { lagMs, silentShare } = senses.observer();
    return {
      monitor: own,
      doubtsItself: lagMs >= thresholds.observerLagMs || silentShare > thresholds.silentShare,
      members: nodes.flatMap((node) => {
        const patient = senses.patient(node);
        const silentMs = patient.silentMs(now, lag.lostMs());
        if (silentMs === undefined) return [];
        return { node, incarnation: patient.incarnation()!, silentMs, verdict: judge.opinion(node).standing.verdict };
      }),
      orders: [...treatment.told()],
      promotions: [...places.promotions()],
    };
  }

  function learn(news: Digest, caller?: string): void {
    credibility.checkDigest(news, caller);
    senses.digest(news);
    places.learn(news.promotions);
    treatment.learn(news);
  }

  /** Nothing comes of it where there is no answer, or one that is not believed: the next exchange is due. */
  async function speakWith(other: string): Promise<void> {
    try {
      learn(await exchange(other, digest()), other);
    } catch (thrown) {
      if (!(thrown instanceof RpcError)) throw thrown;
    }
  }

  let looks = 0;
  function look(): void {
    for (const node of nodes) {
      judge.look(node);
      if (node !== own && senses.inDoubt(node)) prober.ask(node);
    }
    looks++;
    if (looks % Math.round(settings.windowMs / settings.lookMs) === 0) {
      for (const node of nodes) {
        judge.window(node);
        treatment.consider(node);
      }
      // Each pair of monitors speaks once a window: the first of the two asks.
      for (const other of monitors) if (own < other) void speakWith(other);
    }
    rotation.refresh();
  }
  rotation.refresh();
  const timer = scheduler.every(settings.lookMs, look);

  return {
    heard(beat, caller) {
      credibility.checkBeat(beat, caller);
      const before = senses.patient(beat.node).phase();
      const hearing = senses.heartbeat(beat);
      if (hearing === 'unknown' || hearing === 'stale') return;
      if (hearing === 'restarted') judge.news(beat.node);
      if (hearing === 'restarted' || before !== beat.phase) rotation.refresh();
    },
    exchanged(news, caller) {
      learn(news, caller);
      return digest();
    },
    view: rotation.view,
    senses,
    judge,
    places,
    stop: () => timer.cancel(),
  };
}
