import type { CallerEvidence } from './evidence.ts';
import { heartbeatIntervalMs } from '../../shared/membership/heartbeat.ts';
import { median, quantile } from '../../shared/membership/quantile.ts';
import {
  noEvidence,
  evidenceKinds,
  type EvidenceKind,
  type CallEvidence,
} from '../../shared/membership/call-evidence.ts';

/** They are remembered for the whole window: a liar does not become honest because he is not asked, nor a limper fast. */
const lasting: readonly EvidenceKind[] = ['invalid', 'lostVotes', 'proofs', 'ejected'];

interface Report {
  readonly at: number;
  readonly caller: string;
  readonly evidence: CallEvidence;
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
export function createEvidenceWindow(windowMs: number, serviceMs = windowMs / 2) {
  let reports: Report[] = [];

  function within(now: number): readonly Report[] {
    if (reports.some(({ at }) => at <= now - windowMs)) reports = reports.filter(({ at }) => at > now - windowMs);
    return reports;
  }

  return {
    report(caller: string, reported: readonly CallEvidence[], now: number): void {
      within(now);
      for (const evidence of reported) if (evidence.node !== caller) reports.push({ at: now, caller, evidence });
    },
    /** What each caller saw of `node` over the window. */
    about(node: string, now: number): CallerEvidence[] {
      const current = within(now);
      const callers = new Set(current.filter(({ evidence }) => evidence.node === node).map(({ caller }) => caller));
      const isRefusal = ({ at, evidence }: Report) =>
        at > now - serviceMs && evidence.node === node && evidence.refused > 0;
      const refusedAt = current.find(isRefusal)?.at ?? -Infinity;
      return [...callers].map((caller) => {
        const reports = current.filter((report) => report.caller === caller);
        return callerEvidence(node, caller, reports, { now, serviceMs, refusedAt });
      });
    },
    /** Who was reported within the window. */
    seen: (now: number): Set<string> => new Set(within(now).map(({ evidence }) => evidence.node)),
    /**
     * When the trouble with `node` that shows now began: the first report of the last run of complaints. Undefined when nobody complains. What
     * was complained of before a pause was another trouble; but who lies has lied since the first lie that is still held against it.
     */
    firstBadAt(node: string, now: number, isLying = false): number | undefined {
      const current = within(now);
      let first: number | undefined;
      for (let i = current.length - 1; i >= 0; i--) {
        const { at, evidence } = current[i]!;
        if (evidence.node !== node || !complains(evidence)) continue;
        if ((first ?? now) - at <= pauseMs || (isLying && tellsOfLies(evidence))) first = at;
      }
      return first;
    },
    /** Whether anybody's call to `node` vanished within the last beats. */
    recentlyLost: (node: string, now: number): boolean =>
      reports.some(
        ({ at, evidence }) => at > now - recentMs && evidence.node === node && evidence.timeouts + evidence.refused > 0,
      ),
    /** Whom `caller` called lately, and how often that went wrong. */
    calledBy(caller: string, now: number): Map<string, number> {
      const called = new Map<string, number>();
      for (const report of within(now)) {
        if (report.caller !== caller || report.at <= now - serviceMs) continue;
        const { node, timeouts, refused, resets, partial } = report.evidence;
        called.set(node, (called.get(node) ?? 0) + timeouts + refused + resets + partial);
      }
      return called;
    },
    /** Proofs against `node` within the window. */
    proofs: (node: string, now: number): number =>
      within(now).reduce((sum, { evidence }) => sum + (evidence.node === node ? evidence.proofs : 0), 0),
    /** Forgets what was seen of a node: after a repair only new evidence counts. */
    forget(node: string): void {
      reports = reports.filter(({ evidence }) => evidence.node !== node);
    },
  };
}

function tellsOfLies({ invalid, lostVotes, proofs }: CallEvidence): boolean {
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
}: CallEvidence): boolean {
  return timeouts + partial + refused + resets + shed + invalid + lostVotes + proofs + ejected > 0;
}

interface Times {
  readonly now: number;
  readonly serviceMs: number;
  /** When the first caller of the window reported that it got no connection. */
  readonly refusedAt: number;
}

function callerEvidence(
  node: string,
  caller: string,
  reports: readonly Report[],
  { now, serviceMs, refusedAt }: Times,
): CallerEvidence {
  const since = now - serviceMs;
  const sums = { ...noEvidence };
  let unansweredBeats = 0;
  let okLately = 0;
  let okSinceRefusal = 0;
  for (const { at, evidence } of reports) {
    if (evidence.node !== node) continue;
    if (at > now - recentMs) okLately += evidence.ok;
    // What another caller reports a moment later may have happened a moment before.
    if (at > Math.max(since, refusedAt + reportMs)) okSinceRefusal += evidence.ok;
    if (at > since && evidence.ok === 0 && evidence.unanswered > 0) unansweredBeats++;
    for (const kind of at > since ? evidenceKinds : lasting) sums[kind] += evidence[kind];
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
): Pick<CallerEvidence, 'latencyRatio' | 'fastestRatio'> {
  const since = now - serviceMs;
  const fastestSince = now - (1 - ownQuantile) * serviceMs;
  const group = reports.find(({ evidence }) => evidence.node === node && evidence.medianMs !== undefined)?.evidence
    .group;
  const medians = new Map<string, number[]>();
  const answers = new Map<string, number>();
  let fastestMs = Infinity;
  let newestAt = -Infinity;
  for (const { at, evidence } of reports) {
    if (at <= since || evidence.group !== group || evidence.medianMs === undefined) continue;
    if (evidence.node === node) newestAt = at;
    if (evidence.node === node && at > fastestSince) fastestMs = Math.min(fastestMs, evidence.fastestMs ?? Infinity);
    medians.set(evidence.node, [...(medians.get(evidence.node) ?? []), evidence.medianMs]);
    answers.set(evidence.node, (answers.get(evidence.node) ?? 0) + evidence.ok + evidence.unanswered);
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
