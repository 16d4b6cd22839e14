import type { CallerSight } from './diagnosis.ts';
import { heartbeatIntervalMs } from './heartbeat.ts';
import { median, quantile } from './quantile.ts';
import { nothing, outcomes, type Outcome, type Sighting } from './sightings.ts';

/** They are remembered for the whole window: a liar does not become honest because he is not asked, nor a limper fast. */
const lasting: readonly Outcome[] = ['invalid', 'lostVotes', 'proofs', 'ejected'];

interface Report {
  readonly at: number;
  readonly caller: string;
  readonly sighting: Sighting;
}

/** Callers report with each heartbeat, so one report is about so long, ms. */
const reportMs = heartbeatIntervalMs;

const recentMs = 2 * reportMs;

/** Without a complaint for so long, a trouble is over, ms. */
const pauseMs = 4 * reportMs;

/** A limper is slow most of the time, a starved process now and then: of the node's own intervals a low quantile counts. */
const ownQuantile = 0.4;

/** Between 1 and 4 ms nothing limps, ms. */
const graceMs = 5;

/** Answers of a caller before its latency of a node is compared. */
const minAnswers = 8;

/**
 * Monitor side: the reports of the last `windowMs`, as evidence per node; how it serves is judged by those of the last `serviceMs`, because
 * callers soon avoid a node that serves badly. Bounded by nodes x callers x reports per window.
 */
export function createEvidence(windowMs: number, serviceMs = windowMs / 2) {
  let reports: Report[] = [];

  function within(now: number): readonly Report[] {
    if (reports.some(({ at }) => at <= now - windowMs)) reports = reports.filter(({ at }) => at > now - windowMs);
    return reports;
  }

  return {
    report(caller: string, sightings: readonly Sighting[], now: number): void {
      within(now);
      for (const sighting of sightings) if (sighting.node !== caller) reports.push({ at: now, caller, sighting });
    },
    /** What each caller saw of `node` over the window. */
    about(node: string, now: number): CallerSight[] {
      const current = within(now);
      const callers = new Set(current.filter(({ sighting }) => sighting.node === node).map(({ caller }) => caller));
      const isRefusal = ({ at, sighting }: Report) =>
        at > now - serviceMs && sighting.node === node && sighting.refused > 0;
      const refusedAt = current.find(isRefusal)?.at ?? -Infinity;
      return [...callers].map((caller) => {
        const reports = current.filter((report) => report.caller === caller);
        return sight(node, caller, reports, { now, serviceMs, refusedAt });
      });
    },
    /** Who was reported within the window. */
    seen: (now: number): Set<string> => new Set(within(now).map(({ sighting }) => sighting.node)),
    /**
     * When the trouble with `node` that shows now began: the first report of the last run of complaints. Undefined when nobody complains. What
     * was complained of before a pause was another trouble; but who lies has lied since the first lie that is still held against it.
     */
    firstBadAt(node: string, now: number, isLying = false): number | undefined {
      const current = within(now);
      let first: number | undefined;
      for (let i = current.length - 1; i >= 0; i--) {
        const { at, sighting } = current[i]!;
        if (sighting.node !== node || !complains(sighting)) continue;
        if ((first ?? now) - at <= pauseMs || (isLying && tellsOfLies(sighting))) first = at;
      }
      return first;
    },
    /** Whether anybody's call to `node` vanished within the last beats. */
    recentlyLost: (node: string, now: number): boolean =>
      reports.some(
        ({ at, sighting }) => at > now - recentMs && sighting.node === node && sighting.timeouts + sighting.refused > 0,
      ),
    /** Whom `caller` called lately, and how often that went wrong. */
    calledBy(caller: string, now: number): Map<string, number> {
      const called = new Map<string, number>();
      for (const report of within(now)) {
        if (report.caller !== caller || report.at <= now - serviceMs) continue;
        const { node, timeouts, refused, resets, partial } = report.sighting;
        called.set(node, (called.get(node) ?? 0) + timeouts + refused + resets + partial);
      }
      return called;
    },
    /** Proofs against `node` within the window. */
    proofs: (node: string, now: number): number =>
      within(now).reduce((sum, { sighting }) => sum + (sighting.node === node ? sighting.proofs : 0), 0),
    /** Forgets what was seen of a node: after a repair only new evidence counts. */
    forget(node: string): void {
      reports = reports.filter(({ sighting }) => sighting.node !== node);
    },
  };
}

function tellsOfLies({ invalid, lostVotes, proofs }: Sighting): boolean {
  return invalid + lostVotes + proofs > 0;
}

function complains({
  timeouts,
  partial,
  refused,
  resets,
  shed,
  invalid,
  lostVotes,
  proofs,
  ejected,
}: Sighting): boolean {
  return timeouts + partial + refused + resets + shed + invalid + lostVotes + proofs + ejected > 0;
}

interface Times {
  readonly now: number;
  readonly serviceMs: number;
  /** When the first caller of the window reported that it got no connection. */
  readonly refusedAt: number;
}

function sight(
  node: string,
  caller: string,
  reports: readonly Report[],
  { now, serviceMs, refusedAt }: Times,
): CallerSight {
  const since = now - serviceMs;
  const sums = { ...nothing };
  let unansweredBeats = 0;
  let okLately = 0;
  let okSinceRefusal = 0;
  for (const { at, sighting } of reports) {
    if (sighting.node !== node) continue;
    if (at > now - recentMs) okLately += sighting.ok;
    // What another caller reports a moment later may have happened a moment before.
    if (at > Math.max(since, refusedAt + reportMs)) okSinceRefusal += sighting.ok;
    if (at > since && sighting.ok === 0 && sighting.unanswered > 0) unansweredBeats++;
    for (const outcome of at > since ? outcomes : lasting) sums[outcome] += sighting[outcome];
  }
  const { proofs: _, ...counts } = sums;
  const ratios = compare(node, reports, now, serviceMs);
  const calls = sums.ok + sums.timeouts + sums.refused + sums.resets + sums.shed + sums.unanswered;
  return { caller, calls, okLately, okSinceRefusal, unansweredBeats, ...counts, ...ratios };
}

/**
 * The node's latency, and its fastest answer, over the median of its peers', as one caller saw them: the caller's own slowness cancels out.
 * The fastest of the time in which a limper's latency has turned, not of before.
 */
function compare(
  node: string,
  reports: readonly Report[],
  now: number,
  serviceMs: number,
): Pick<CallerSight, 'latencyRatio' | 'fastestRatio'> {
  const since = now - serviceMs;
  const fastestSince = now - (1 - ownQuantile) * serviceMs;
  const group = reports.find(({ sighting }) => sighting.node === node && sighting.medianMs !== undefined)?.sighting
    .group;
  const medians = new Map<string, number[]>();
  const answers = new Map<string, number>();
  let fastestMs = Infinity;
  let newestAt = -Infinity;
  for (const { at, sighting } of reports) {
    if (at <= since || sighting.group !== group || sighting.medianMs === undefined) continue;
    if (sighting.node === node) newestAt = at;
    if (sighting.node === node && at > fastestSince) fastestMs = Math.min(fastestMs, sighting.fastestMs ?? Infinity);
    medians.set(sighting.node, [...(medians.get(sighting.node) ?? []), sighting.medianMs]);
    answers.set(sighting.node, (answers.get(sighting.node) ?? 0) + sighting.ok + sighting.unanswered);
  }
  const typical = [...medians]
    .filter(([name]) => (answers.get(name) ?? 0) >= minAnswers)
    .map(([name, all]) => ({ name, ms: quantile(all, name === node ? ownQuantile : 0.5) }));
  const own = typical.find(({ name }) => name === node);
  const peers = typical.filter(({ name }) => name !== node).map(({ ms }) => ms);
  if (peers.length === 0) return {};
  const peerMs = median(peers) + graceMs;
  // Where nobody calls any more, the last moments before prove nothing by being looked at again. One fast answer speaks for it all the same.
  const isNews = now - newestAt <= recentMs;
  return {
    ...(own && isNews && { latencyRatio: (own.ms + graceMs) / peerMs }),
    ...(fastestMs < Infinity && { fastestRatio: (fastestMs + graceMs) / peerMs }),
  };
}
