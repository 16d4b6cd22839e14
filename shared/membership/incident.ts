import type { Verdict } from './diagnosis.ts';

/**
 * The life of one failure, in wall-clock ms:
 *
 *   inject ----> manifest ----> detect ----> diagnose ----> fix ----> steady
 *     fault latency  |  detection     diagnosis        fix    | k healthy windows
 *                    +------------ time to repair ------------+
 *
 * `inject` is the truth and known to the injector only; it is joined for scoring (scoring.ts). `manifest`: the first wrong,
 * late or refused answer that anybody saw. `detect`: the first doubt that proved right. `fix`: served well again.
 */
export interface Stamps {
  readonly inject?: number;
  readonly manifest: number;
  readonly detect: number;
  readonly diagnose?: number;
  readonly fix?: number;
  readonly steady?: number;
}

/** How it went. `passed`: it ended without any repair of ours. `doubt`: the suspicion never became a diagnosis. */
export type Outcome = 'open' | 'repaired' | 'passed' | 'doubt';

export interface Incident {
  readonly id: string;
  readonly node: string;
  readonly stamps: Stamps;
  readonly outcome: Outcome;
  /** The last verdict that was in force; the first one stamps `diagnose`. */
  readonly verdict?: Verdict;
  readonly reasons: readonly string[];
  /** The repairs that were ordered, in turn. */
  readonly orders: readonly OrderNote[];
}

/** What became of an order. `already`: the watchdog had done it by itself, or another monitor had ordered the same. */
export type OrderResult = 'done' | 'already' | 'stale' | 'refused' | 'failed';

export interface OrderNote {
  readonly at: number;
  readonly order: string;
  readonly result: OrderResult;
  /** Why it was refused, or failed. */
  readonly detail?: string;
}

/** One window of watching: what it looked like just now, what the standing verdict is, and when something bad was first seen. */
export interface Watch {
  readonly at: number;
  /** The judgement of this window alone. */
  readonly seen: Verdict;
  readonly suspected: boolean;
  /** The verdict in force after hysteresis. */
  readonly standing: Verdict;
  readonly reasons: readonly string[];
  /** When the first bad answer of this failure was seen, where anybody saw one. */
  readonly firstBadAt?: number | undefined;
}

/** Pure: the incident of `node` after one more window; undefined = all is well. An ended incident is never changed again. */
export function advance(node: string, incident: Incident | undefined, watch: Watch): Incident | undefined {
  const bad = watch.suspected || watch.seen !== 'healthy';
  if (!incident || incident.outcome !== 'open') {
    if (!bad) return undefined;
    const manifest = Math.min(watch.firstBadAt ?? watch.at, watch.at);
    incident = {
      id: `${node}-${Math.round(manifest)}`,
      node,
      stamps: { manifest, detect: watch.at },
      outcome: 'open',
      reasons: [],
      orders: [],
    };
  }
  const { stamps } = incident;
  if (watch.standing !== 'healthy') {
    const { fix: _, ...unfixed } = stamps;
    const still = bad ? unfixed : { ...stamps, fix: stamps.fix ?? watch.at };
    return {
      ...incident,
      verdict: watch.standing,
      reasons: watch.reasons,
      stamps: { ...still, diagnose: stamps.diagnose ?? watch.at },
    };
  }
  if (bad) return incident;
  if (stamps.diagnose === undefined) return { ...incident, outcome: 'doubt', stamps: { ...stamps, steady: watch.at } };
  const outcome = incident.orders.some(({ result }) => result === 'done' || result === 'already') ? 'repaired' : 'passed';
  return { ...incident, outcome, stamps: { ...stamps, fix: stamps.fix ?? watch.at, steady: watch.at } };
}

/** The incident with one more order; the last ones are kept. */
export function ordered(incident: Incident, note: OrderNote): Incident {
  return { ...incident, orders: [...incident.orders, note].slice(-maxOrders) };
}

const maxOrders = 20;

/** Durations in ms; absent where a stamp is missing. MTTR = detection + diagnosis + fix; fault latency is reported apart. */
export interface Phases {
  readonly faultLatencyMs?: number;
  readonly detectionMs: number;
  readonly diagnosisMs?: number;
  readonly fixMs?: number;
  readonly repairMs?: number;
}

export function phases({ inject, manifest, detect, diagnose, fix }: Stamps): Phases {
  return {
    ...(inject === undefined ? {} : { faultLatencyMs: manifest - inject }),
    detectionMs: detect - manifest,
    ...(diagnose === undefined ? {} : { diagnosisMs: diagnose - detect }),
    ...(diagnose === undefined || fix === undefined ? {} : { fixMs: fix - diagnose, repairMs: fix - manifest }),
  };
}
