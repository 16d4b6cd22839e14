import type { Verdict } from '../../shared/membership/verdict.ts';
import { verdicts } from '../../shared/membership/verdict.ts';
import { phases, type Incident } from './incident.ts';
import type { RepairOrder } from './repair-policy.ts';
import { memberStates, type View } from '../../shared/membership/view.ts';
import type { Metrics } from '../../shared/observe/metrics.ts';

interface Sources {
  readonly nodes: readonly string[];
  readonly view: () => View;
  readonly phi: (node: string) => number;
  readonly verdict: (node: string) => Verdict;
  readonly open: () => readonly Incident[];
}

export interface MonitorMetrics {
  readonly heartbeat: (node: string) => void;
  readonly refusedHeartbeat: (why: string) => void;
  readonly incident: (incident: Incident) => void;
  readonly order: (order: RepairOrder, result: string) => void;
}

/** Repairs take from a fraction of a second to minutes. */
const repairBuckets = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300];

/** What the monitor knows, for Prometheus; gauges are computed when they are asked for. */
export function monitorMetrics(metrics: Metrics, { nodes, view, phi, verdict, open }: Sources): MonitorMetrics {
  const heartbeats = metrics.counter('tierlab_heartbeats_total', 'Heartbeats received', ['member']);
  const refused = metrics.counter(
    'tierlab_heartbeats_refused_total',
    'Datagrams that were no heartbeat of a node of this cluster, or came again',
    ['reason'],
  );
  metrics.gauge(
    'tierlab_member_state',
    '1 for the state that this monitor sees a member in',
    ['member', 'state'],
    (gauge) => {
      for (const { node, state: current } of view().members)
        for (const state of memberStates) gauge.set({ member: node, state }, current === state ? 1 : 0);
    },
  );
  metrics.gauge(
    'tierlab_member_phi',
    'Suspicion: -log10 of the chance that the silence is nothing',
    ['member'],
    (gauge) => {
      for (const node of nodes) gauge.set({ member: node }, phi(node));
    },
  );
  metrics.gauge(
    'tierlab_member_verdict',
    '1 for the verdict in force about a member',
    ['member', 'verdict'],
    (gauge) => {
      for (const node of nodes) {
        const current = verdict(node);
        for (const name of verdicts) gauge.set({ member: node, verdict: name }, current === name ? 1 : 0);
      }
    },
  );
  metrics.gauge(
    'tierlab_incidents_open',
    'Incidents that are not over, by the phase they are in',
    ['phase'],
    (gauge) => {
      const counts = { detection: 0, repair: 0, settling: 0 };
      for (const { stamps } of open())
        counts[stamps.diagnose === undefined ? 'detection' : stamps.fix === undefined ? 'repair' : 'settling']++;
      for (const [phase, count] of Object.entries(counts)) gauge.set({ phase }, count);
    },
  );
  const ended = metrics.counter('tierlab_incidents_total', 'Incidents that are over', ['member', 'verdict', 'outcome']);
  const parts = metrics.histogram(
    'tierlab_repair_phase_seconds',
    'Parts of the time to repair: detection, diagnosis, fix',
    ['phase'],
    repairBuckets,
  );
  const orders = metrics.counter('tierlab_repair_orders_total', 'Repair orders by kind and result', [
    'order',
    'result',
  ]);

  return {
    heartbeat: (node) => heartbeats.inc({ member: node }),
    refusedHeartbeat: (why) => refused.inc({ reason: why }),
    incident({ node, outcome, verdict: named, stamps }) {
      if (outcome === 'open') return;
      ended.inc({ member: node, verdict: named ?? 'none', outcome });
      if (outcome === 'doubt') return;
      const { detectionMs, diagnosisMs, fixMs } = phases(stamps);
      for (const [phase, ms] of Object.entries({ detection: detectionMs, diagnosis: diagnosisMs, fix: fixMs }))
        if (ms !== undefined) parts.observe({ phase }, ms / 1_000);
    },
    order: (order, result) => orders.inc({ order: order.do, result }),
  };
}
