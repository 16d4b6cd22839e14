import { advance, isCured, ordered, type Incident, type OrderNote, type WatchedWindow } from './incident.ts';
import type { Verdict } from '../../shared/membership/verdict.ts';
import type { Clock } from '../../shared/time/clock.ts';
import type { RepairUnderWay } from './window-diagnosis.ts';
import type { Assessment } from './assessment.ts';
import type { FailureDetector } from './failure-detector.ts';

export interface OpenIncidentsOptions {
  readonly detector: FailureDetector;
  readonly clock: Clock;
  /** Incidents that an earlier life of this monitor left open. */
  readonly open: readonly Incident[];
  readonly repairOf: (node: string) => RepairUnderWay | undefined;
  /** Called whenever an incident opens, changes its outcome or verdict, is fixed, or gets an order. */
  readonly onIncident: (incident: Incident) => void;
}

/** The failures that are not over, at most one for each node. */
export interface OpenIncidents {
  readonly of: (node: string) => Incident | undefined;
  /** One more window, or a first doubt. */
  readonly advance: (node: string, assessment: Assessment) => void;
  /** A repair of the node was ordered, because of `verdict`. */
  readonly ordered: (node: string, note: OrderNote, verdict: Verdict) => void;
}

/** The times that two monitors give for the same order differ by at most this, ms. */
const toldMs = 1_000;

export function createOpenIncidents({
  detector,
  clock,
  open,
  repairOf,
  onIncident,
}: OpenIncidentsOptions): OpenIncidents {
  const incidents = new Map(open.map((incident) => [incident.node, incident]));
  /** The incarnation of the node when its incident began. */
  const incarnationAtStart = new Map<string, number>();

  function advanceOne(node: string, assessment: Assessment): void {
    const before = incidents.get(node);
    const firstBadAt = detector.firstBadAt(node, assessment.seen.verdict);
    const now = clock.now();
    const watch: WatchedWindow = {
      at: clock.wall(),
      seen: assessment.seen.verdict,
      suspected: assessment.suspected,
      standing: assessment.standing.verdict,
      reasons: assessment.standing.reasons,
      firstBadAt: firstBadAt === undefined ? undefined : clock.wall() - Math.max(0, now - firstBadAt),
    };
    const incident = withRepair(advance(node, before, watch), watch);
    keep(node, before, incident);
    if (!before || !incident || incident.outcome === 'open') return;
    // The next failure begins after the fix at the earliest.
    const { fix = watch.at } = incident.stamps;
    keep(
      node,
      undefined,
      advance(node, incident, { ...watch, firstBadAt: Math.max(watch.firstBadAt ?? watch.at, fix) }),
    );
  }

  /** Adds the repairs that another monitor ordered, or that the watchdog did by itself. */
  function withRepair(incident: Incident | undefined, { at }: WatchedWindow): Incident | undefined {
    if (!incident || incident.outcome !== 'open') return incident;
    const { node, orders, verdict = 'crashed' } = incident;
    const record = detector.record(node);
    const aboutIncarnation = record.aboutIncarnation();
    // A monitor that was restarted itself has not heard the node yet.
    if (!incarnationAtStart.has(node) && aboutIncarnation !== undefined) incarnationAtStart.set(node, aboutIncarnation);
    const repair = repairOf(node);
    if (repair && !repair.isOwn && orders.every(({ order }) => order !== repair.do))
      return ordered(incident, { at, order: repair.do, result: 'already', detail: `by ${repair.by}` }, repair.verdict);
    const restarted = incarnationAtStart.has(node) && record.incarnation() !== incarnationAtStart.get(node);
    if (incident.stamps.fix === undefined || !restarted || isCured(incident)) return incident;
    return ordered(incident, { at, order: 'restart', result: 'already', detail: 'by its watchdog' }, verdict);
  }

  function keep(node: string, before: Incident | undefined, incident: Incident | undefined): void {
    if (incident === before) return;
    if (incident === undefined || incident.outcome !== 'open') {
      incidents.delete(node);
      incarnationAtStart.delete(node);
    } else incidents.set(node, incident);
    if (incident && isNews(incident, before)) onIncident(incident);
  }

  function note(node: string, order: OrderNote, verdict: Verdict): void {
    const incident = incidents.get(node);
    // Other monitors still tell of orders of an earlier incident, or of an earlier life of this monitor.
    const isNoted = incident?.orders.some(
      (it) => it.order === order.order && it.detail === order.detail && it.at >= order.at - toldMs,
    );
    if (!incident || order.at < incident.stamps.manifest || (order.detail !== undefined && isNoted)) return;
    const next = ordered(incident, order, verdict);
    incidents.set(node, next);
    onIncident(next);
  }

  return { of: (node) => incidents.get(node), advance: advanceOne, ordered: note };
}

function isNews(incident: Incident, before: Incident | undefined): boolean {
  if (!before || incident.orders !== before.orders || incident.stamps.fix !== before.stamps.fix) return true;
  return incident.outcome !== before.outcome || incident.verdict !== before.verdict;
}
