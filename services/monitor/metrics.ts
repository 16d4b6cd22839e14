import { verdicts, type Verdict } from '../../shared/membership/verdict.ts';
import type { View } from '../../shared/membership/view.ts';
import type { Metrics } from '../../shared/observe/metrics.ts';
import type { AvailabilityReport } from './availability-report.ts';
import { repairTimes, type Incident, type OrderResult } from './incident.ts';
import type { RepairOrder } from './repair-policy.ts';

interface Sources {
  readonly nodes: readonly string[];
  readonly view: () => View;
  readonly phi: (node: string) => number;
  readonly verdict: (node: string) => Verdict;
  readonly open: () => readonly Incident[];
  readonly availability: () => AvailabilityReport;
}

export interface MonitorMetrics {
  readonly heartbeat: (node: string) => void;
  readonly refusedHeartbeat: (why: string) => void;
  readonly incident: (incident: Incident) => void;
  readonly order: (order: RepairOrder, result: OrderResult) => void;
}

/** Repairs take from a fraction of a second to minutes. */
const repairBuckets = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300];

const repairPhases = ['detection', 'diagnosis', 'fix'] as const;
const orders = ['restart', 'drain', 'quarantine', 'promote'] as const satisfies RepairOrder['do'][];
const results = ['done', 'already', 'stale', 'refused', 'failed'] as const satisfies OrderResult[];

/** The monitor's knowledge as metrics for Prometheus. Gauges are computed when Prometheus asks for them. */
export function monitorMetrics(metrics: Metrics, sources: Sources): MonitorMetrics {
  const heartbeats = metrics.counter('tierlab_heartbeats_total', 'Heartbeats received', ['member']);
  for (const member of sources.nodes) heartbeats.labels({ member });
  const refused = metrics.counter(
    'tierlab_heartbeats_refused_total',
    'Datagrams that were no heartbeat of a node of this cluster, or came again',
    ['reason'],
  );
  for (const reason of ['not genuine', 'repeated']) refused.labels({ reason });
  memberGauges(metrics, sources);
  openIncidents(metrics, sources);
  availabilityGauge(metrics, sources);
  const orderCounts = metrics.counter('tierlab_repair_orders_total', 'Repair orders by kind and result', [
    'order',
    'result',
  ]);
  for (const order of orders) for (const result of results) orderCounts.labels({ order, result });
  return {
    heartbeat: (node) => heartbeats.inc({ member: node }),
    refusedHeartbeat: (why) => refused.inc({ reason: why }),
    incident: incidentCounts(metrics),
    order: (order, result) => orderCounts.inc({ order: order.do, result }),
  };
}

/**
 * A member has one series for its present state, and one for its present verdict. A series for every pair of member and
 * state, or of member and verdict, would exceed the limit of one metric.
 */
function memberGauges(metrics: Metrics, { nodes, view, phi, verdict }: Sources): void {
  metrics.gauge(
    'tierlab_member_state',
    '1 for the state in which this monitor sees a member; other states have no series',
    ['member', 'state'],
    (gauge) => {
      gauge.reset();
      for (const { node, state } of view().members) gauge.set({ member: node, state }, 1);
    },
  );
  metrics.gauge(
    'tierlab_member_verdict',
    '1 for the verdict in force about a member; other verdicts have no series',
    ['member', 'verdict'],
    (gauge) => {
      gauge.reset();
      for (const node of nodes) gauge.set({ member: node, verdict: verdict(node) }, 1);
    },
  );
  metrics.gauge(
    'tierlab_member_phi',
    'Suspicion: -log10 of the chance that a living node is silent for so long',
    ['member'],
    (gauge) => {
      for (const node of nodes) gauge.set({ member: node }, phi(node));
    },
  );
}

function openIncidents(metrics: Metrics, { open }: Sources): void {
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
}

/**
 * Observed availability beside the result of the formulas, so that the two check each other. The whole has no formula.
 */
function availabilityGauge(metrics: Metrics, { availability }: Sources): void {
  metrics.gauge(
    'tierlab_availability_ratio',
    'Availability since the start of the cluster: observed, and by the formula',
    ['scope', 'kind'],
    (gauge) => {
      const { nodes, services, whole } = availability();
      const set = (scope: string, observed: number, formula: number): void => {
        gauge.set({ scope, kind: 'observed' }, observed);
        gauge.set({ scope, kind: 'formula' }, formula);
      };
      // Without a repair there is no MTTR, and the formula counts no loss.
      for (const { name, measured, formula = 1 } of nodes) set(name, measured, formula);
      for (const { name, measured, expected } of services) set(name, measured, expected);
      gauge.set({ scope: 'whole', kind: 'observed' }, whole.measured);
    },
  );
}

function incidentCounts(metrics: Metrics): MonitorMetrics['incident'] {
  const ended = metrics.counter('tierlab_incidents_total', 'Incidents that are over', ['verdict', 'outcome']);
  const parts = metrics.histogram(
    'tierlab_repair_phase_seconds',
    'Parts of the time to repair: detection, diagnosis, fix',
    ['phase', 'verdict'],
    repairBuckets,
  );
  const last = metrics.gauge(
    'tierlab_incident_last_phase_seconds',
    "Parts of the time to repair in the member's last incident that has ended",
    ['member', 'phase'],
  );
  for (const verdict of verdicts) {
    if (verdict === 'healthy') continue;
    for (const outcome of ['repaired', 'passed']) ended.labels({ verdict, outcome });
    for (const phase of repairPhases) parts.labels({ phase, verdict });
  }
  ended.labels({ verdict: 'none', outcome: 'doubt' });
  return ({ node, outcome, verdict = 'none', stamps }) => {
    if (outcome === 'open') return;
    ended.inc({ verdict, outcome });
    if (outcome === 'doubt') return;
    const { detectionMs, diagnosisMs, fixMs } = repairTimes(stamps);
    for (const [phase, ms] of Object.entries({ detection: detectionMs, diagnosis: diagnosisMs, fix: fixMs })) {
      if (ms === undefined) continue;
      parts.observe({ phase, verdict }, ms / 1_000);
      last.set({ member: node, phase }, ms / 1_000);
    }
  };
}
