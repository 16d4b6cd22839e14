import { repairTimes, type Incident } from './incident.ts';

/** From `from` to `to`, ms; the end may be open (Infinity). */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/**
 * The availability of one node, one service or the whole. `measured` is the share of the time that it was up. A node
 * also has `formula`, (MTBF - MTTR) / MTBF with the mean phases of its repairs. The two check each other. A service has
 * no phases of its own, so its MTTR is its downtime per failure, and the formula would only repeat `measured`.
 */
export interface Availability {
  readonly name: string;
  readonly failures: number;
  readonly observedMs: number;
  readonly downMs: number;
  readonly measured: number;
  /** The observed time divided by the number of failures. There are too few failures for a mean of the gaps. */
  readonly mtbfMs?: number;
  readonly mttrMs?: number;
  readonly detectionMs?: number;
  readonly diagnosisMs?: number;
  readonly fixMs?: number;
  readonly formula?: number;
}

/**
 * The intervals in which the node was down, in order. A doubt that never became a diagnosis is no failure. An
 * overloaded node that refuses calls has not failed either: refusing is its task then.
 */
export function downtimes(incidents: readonly Incident[]): Interval[] {
  return incidents
    .filter(({ outcome, stamps }) => outcome !== 'doubt' && (outcome !== 'open' || stamps.diagnose !== undefined))
    .filter(({ verdict }) => verdict !== 'overloaded')
    .map(({ stamps }) => ({ from: stamps.manifest, to: stamps.fix ?? Infinity }))
    .sort((a, b) => a.from - b.from);
}

/** The availability of one node over `observed`. Its phases are means over the failures that are over. */
export function nodeAvailability(name: string, incidents: readonly Incident[], observed: Interval): Availability {
  const over = incidents
    .filter(({ outcome, verdict }) => (outcome === 'repaired' || outcome === 'passed') && verdict !== 'overloaded')
    .map(({ stamps }) => repairTimes(stamps));
  const mean = (member: 'detectionMs' | 'diagnosisMs' | 'fixMs') =>
    over.length === 0 ? undefined : over.reduce((sum, p) => sum + (p[member] ?? 0), 0) / over.length;
  const [detectionMs, diagnosisMs, fixMs] = [mean('detectionMs'), mean('diagnosisMs'), mean('fixMs')];
  const availability = availabilityOver(name, downtimes(incidents), observed);
  if (detectionMs === undefined || diagnosisMs === undefined || fixMs === undefined) return availability;
  const mttrMs = detectionMs + diagnosisMs + fixMs;
  const { mtbfMs } = availability;
  const formula = mtbfMs ? { formula: Math.max(0, (mtbfMs - mttrMs) / mtbfMs) } : {};
  return { ...availability, detectionMs, diagnosisMs, fixMs, mttrMs, ...formula };
}

/** The availability of anything that was down during `down`. */
export function availabilityOver(name: string, down: readonly Interval[], observed: Interval): Availability {
  const parts = union(down).flatMap(({ from, to }) => {
    const part = { from: Math.max(from, observed.from), to: Math.min(to, observed.to) };
    return part.to > part.from ? [part] : [];
  });
  const observedMs = observed.to - observed.from;
  const downMs = parts.reduce((sum, { from, to }) => sum + to - from, 0);
  const failures = parts.length;
  const availability = { name, failures, observedMs, downMs, measured: observedMs > 0 ? 1 - downMs / observedMs : 1 };
  if (failures === 0) return availability;
  return { ...availability, mtbfMs: observedMs / failures, mttrMs: downMs / failures };
}

/** Intervals in order, overlapping ones joined. */
export function union(intervals: readonly Interval[]): Interval[] {
  const joined: Interval[] = [];
  for (const interval of intervals.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last && interval.from <= last.to)
      joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, interval.to) };
    else joined.push(interval);
  }
  return joined;
}

/** The intervals in which fewer than `needed` replicas were up. Only then is a service down. */
export function fewerThan(needed: number, replicas: readonly (readonly Interval[])[]): Interval[] {
  const edges = replicas
    .flatMap((down) =>
      union(down).flatMap(({ from, to }) => [
        { at: from, step: -1 },
        { at: to, step: 1 },
      ]),
    )
    .sort((a, b) => a.at - b.at || b.step - a.step);
  const result: Interval[] = [];
  let up = replicas.length;
  let since = up < needed ? -Infinity : undefined;
  for (const { at, step } of edges) {
    up += step;
    if (up < needed) since ??= at;
    else if (since !== undefined) {
      if (at > since) result.push({ from: since, to: at });
      since = undefined;
    }
  }
  if (since !== undefined) result.push({ from: since, to: Infinity });
  return result;
}

/**
 * The probability that at least `needed` of independent parts work, each with its own availability. For example, if one
 * of four parts is needed, and each has 95%: 1 - 0.05^4 = 99.9994%. Common causes make the measured value smaller.
 */
export function atLeast(needed: number, availabilities: readonly number[]): number {
  return chancesOf(availabilities)
    .slice(needed)
    .reduce((sum, p) => sum + p, 0);
}

/** The probability of each number of independent parts that work, from none to all. */
export function chancesOf(availabilities: readonly number[]): readonly number[] {
  let chances = [1];
  for (const a of availabilities) {
    const next = [...chances, 0];
    for (let up = next.length - 1; up >= 0; up--) next[up] = (chances[up] ?? 0) * (1 - a) + (chances[up - 1] ?? 0) * a;
    chances = next;
  }
  return chances;
}
