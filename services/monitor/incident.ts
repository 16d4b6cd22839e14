import type { Verdict } from '../../shared/membership/verdict.ts';

/**
 * The life of one failure, in wall-clock ms:
 *
 *   inject ----> manifest ----> detect ----> diagnose ----> fix ----> steady
 *     fault latency  |  detection     diagnosis        fix    | k healthy windows
 *                    +------------ time to repair ------------+
 *
 * Only the injector knows `inject`, the time of the real failure. cli/incident-scoring.ts adds it from the chaos
 * journal to score the diagnoses. `manifest`: the first wrong, late or refused answer that anybody saw. `detect`: the
 * first doubt that proved right. `fix`: the node served well again.
 */
export interface Stamps {
  readonly inject?: number;
  readonly manifest: number;
  readonly detect: number;
  readonly diagnose?: number;
  readonly fix?: number;
  readonly steady?: number;
}

/** How the incident ended. `passed`: without a repair. `doubt`: the suspicion never became a diagnosis. */
export type IncidentOutcome = 'open' | 'repaired' | 'passed' | 'doubt';

export interface Incident {
  readonly id: string;
  readonly node: string;
  readonly stamps: Stamps;
  readonly outcome: IncidentOutcome;
  /** The last verdict that was in force; the first one stamps `diagnose`. */
  readonly verdict?: Verdict;
  readonly reasons: readonly string[];
  /** The repairs that were ordered, in turn. */
  readonly orders: readonly OrderNote[];
}

/** The result of an order. `already`: the watchdog had done it by itself, or another monitor had ordered the same. */
export type OrderResult = 'done' | 'already' | 'stale' | 'refused' | 'failed';

export interface OrderNote {
  readonly at: number;
  readonly order: string;
  readonly result: OrderResult;
  /** Who had carried out the order already, or why the order was refused or failed. */
  readonly detail?: string;
}

/** `restart`, `restart (by monitor-2)`, `restart (refused)`. */
export function orderWords({ order, result, detail }: OrderNote): string {
  if (result === 'done') return order;
  return `${order} (${(result === 'already' && detail) || result})`;
}

/**
 * One window: its own verdict, the verdict in force, and when the first bad answer was seen.
 */
export interface WatchedWindow {
  readonly at: number;
  /** The verdict of this window alone. */
  readonly seen: Verdict;
  readonly suspected: boolean;
  /** The verdict in force after hysteresis. */
  readonly standing: Verdict;
  readonly reasons: readonly string[];
  /** When the first bad answer of this failure was seen, where anybody saw one. */
  readonly firstBadAt?: number | undefined;
}

/**
 * Pure: the incident of `node` after one more window; undefined = no failure. An ended incident never changes.
 */
export function advance(node: string, incident: Incident | undefined, watch: WatchedWindow): Incident | undefined {
  const bad = watch.suspected || watch.seen !== 'healthy';
  if (!incident || incident.outcome !== 'open') {
    if (!bad) return undefined;
    incident = begun(node, watch);
  }
  const { stamps } = incident;
  if (watch.standing !== 'healthy') {
    if (isAnother(incident, watch)) return { ...incident, outcome: outcomeOf(incident) };
    const named = { ...incident, stamps: { ...fixed(incident, watch), diagnose: stamps.diagnose ?? watch.at } };
    // After a repair took the node down, the evidence shows the repair and not the failure.
    return isCured(incident) ? named : { ...named, verdict: watch.standing, reasons: watch.reasons };
  }
  if (bad) return incident;
  if (stamps.diagnose === undefined) return { ...incident, outcome: 'doubt', stamps: { ...stamps, steady: watch.at } };
  return {
    ...incident,
    outcome: outcomeOf(incident),
    stamps: { ...stamps, fix: stamps.fix ?? watch.at, steady: watch.at },
  };
}

function begun(node: string, { at, firstBadAt = at }: WatchedWindow): Incident {
  const manifest = Math.min(firstBadAt, at);
  const id = `${node}-${Math.round(manifest)}`;
  return { id, node, stamps: { manifest, detect: at }, outcome: 'open', reasons: [], orders: [] };
}

/** The fix is stamped when the node serves well. A relapse removes the stamp; another failure does not. */
function fixed({ stamps, verdict }: Incident, { at, seen, suspected }: WatchedWindow): Stamps {
  if (seen === 'healthy' && !suspected) return { ...stamps, fix: stamps.fix ?? at };
  if (seen !== 'healthy' && seen !== verdict) return stamps;
  const { fix: _, ...unfixed } = stamps;
  return unfixed;
}

/** The node served well again, and now has another verdict. This is the next failure. */
function isAnother({ stamps, verdict }: Incident, { seen, standing }: WatchedWindow): boolean {
  return stamps.fix !== undefined && verdict !== undefined && seen === standing && standing !== verdict;
}

const tookEffect = ({ result }: OrderNote): boolean => result === 'done' || result === 'already';

/** A repair took the node's process down, or a new process has started by itself. */
export const isCured = ({ orders, verdict }: Incident): boolean =>
  verdict !== undefined && orders.some((note) => tookEffect(note) && note.order !== 'drain');

const outcomeOf = ({ orders }: Incident): IncidentOutcome => (orders.some(tookEffect) ? 'repaired' : 'passed');

/**
 * The incident with one more order. Only the last `maxOrders` orders are kept. The incident is named after the verdict
 * of the first repair, whichever monitor ordered this repair.
 */
export function ordered(incident: Incident, note: OrderNote, verdict: Verdict): Incident {
  const orders = [...incident.orders, note].slice(-maxOrders);
  const renamed = incident.verdict !== undefined && !isCured(incident) && isCured({ ...incident, orders });
  return { ...incident, orders, ...(renamed && { verdict }) };
}

const maxOrders = 20;

/** Durations in ms; absent where a stamp is missing. MTTR = detection + diagnosis + fix. */
export interface RepairTimes {
  readonly detectionMs: number;
  readonly diagnosisMs?: number;
  readonly fixMs?: number;
  readonly repairMs?: number;
}

export function repairTimes({ manifest, detect, diagnose, fix }: Stamps): RepairTimes {
  return {
    detectionMs: detect - manifest,
    ...(diagnose === undefined ? {} : { diagnosisMs: diagnose - detect }),
    ...(diagnose === undefined || fix === undefined ? {} : { fixMs: fix - diagnose, repairMs: fix - manifest }),
  };
}
