import type { CallerEvidence } from './evidence.ts';
import type { Verdict } from '../../shared/membership/verdict.ts';
import { heartbeatIntervalMs } from '../../shared/membership/heartbeat.ts';
import { thresholds } from './thresholds.ts';
import { ratiosToPeers } from './slowness.ts';
import { lostShare } from './witnesses.ts';
import { quantile } from '../../shared/quantile.ts';
import {
  noEvidence,
  evidenceKinds,
  type EvidenceKind,
  type CallEvidence,
} from '../../shared/membership/call-evidence.ts';

/** These reports count for the whole window: a lying or limping node that nobody calls any more has not recovered. */
const lasting: readonly EvidenceKind[] = ['invalid', 'lostVotes', 'proofs', 'ejected'];

interface Report {
  readonly at: number;
  readonly caller: string;
  readonly evidence: CallEvidence;
  /** The report no longer counts against the node, but it still excuses the caller, who had to wait for the node. */
  readonly isForgotten?: boolean;
}

/** The time that one report covers, ms: callers report with each heartbeat. */
const reportMs = heartbeatIntervalMs;

const recentMs = 2 * reportMs;

/** After this time without a complaint, the next complaint belongs to another failure, ms. */
const pauseMs = 4 * reportMs;

/**
 * A limping node is slow most of the time. A process that lacks a processor is slow only now and then. So a low
 * quantile of the ratios counts.
 */
const ownQuantile = 0.4;

/** Reports of a node and its peer are compared if they are at most this far apart, ms. */
const momentMs = 1.2 * reportMs;

/** The latency that a caller sees is compared after this many answers. */
const minAnswers = 8;

/**
 * The callers' reports of the last `windowMs`, as evidence per node. Bad service counts for `serviceMs` only, because
 * callers soon avoid a node that serves badly. Memory is bounded by nodes x callers x reports per window.
 */
export function createEvidenceWindow(windowMs: number, serviceMs = windowMs / 2) {
  let reports: Report[] = [];

  function within(now: number): readonly Report[] {
    if (reports.some(({ at }) => at <= now - windowMs)) reports = reports.filter(({ at }) => at > now - windowMs);
    return reports;
  }

  return {
    /** `at`: when the caller collected it. A report that was lost and sent again is still counted at that time. */
    report(caller: string, reported: readonly CallEvidence[], at: number): void {
      within(at);
      let place = reports.length;
      while (place > 0 && reports[place - 1]!.at > at) place--;
      const news = reported.filter(({ node }) => node !== caller).map((evidence) => ({ at, caller, evidence }));
      reports.splice(place, 0, ...news);
    },
    /** Each caller's evidence about `node` in the window. */
    about(node: string, now: number): CallerEvidence[] {
      const current = within(now).filter(({ isForgotten }) => !isForgotten);
      const callers = new Set(current.filter(({ evidence }) => evidence.node === node).map(({ caller }) => caller));
      const isRefusal = ({ at, evidence }: Report) =>
        at > now - serviceMs && evidence.node === node && evidence.refused > 0;
      const refusedAt = current.find(isRefusal)?.at ?? -Infinity;
      return [...callers].map((caller) => {
        const reports = current.filter((report) => report.caller === caller);
        return callerEvidence(node, caller, reports, { now, serviceMs, refusedAt });
      });
    },
    /** The number of calls that `node` answered lately, by the reports of its callers. */
    answered: (node: string, now: number): number =>
      within(now).reduce(
        (sum, { at, evidence }) => sum + (evidence.node === node && at > now - serviceMs ? evidence.ok : 0),
        0,
      ),
    /** The nodes that were reported within the window. */
    seen: (now: number): Set<string> =>
      new Set(within(now).flatMap(({ evidence, isForgotten }) => (isForgotten ? [] : evidence.node))),
    /**
     * The beginning of the present failure of `node`: the first report of the last run of complaints. `verdict` is the
     * verdict on this failure. Undefined when nobody complains. Complaints before a pause belong to another failure. A
     * liar has lied since the first lie in the window. For a limping node, late answers are complaints, too.
     */
    firstBadAt(node: string, now: number, verdict: Verdict = 'healthy'): number | undefined {
      const current = within(now);
      let first: number | undefined;
      for (let i = current.length - 1; i >= 0; i--) {
        const report = current[i]!;
        const { at, evidence, isForgotten } = report;
        if (evidence.node !== node || isForgotten) continue;
        if (!complains(evidence) && !(verdict === 'limping' && isLate(report, current))) continue;
        if ((first ?? now) - at <= pauseMs || (verdict === 'lying' && tellsOfLies(evidence))) first = at;
      }
      return first;
    },
    /** Whether any caller lost a call to `node` in the last two heartbeat intervals. */
    recentlyLost: (node: string, now: number): boolean =>
      reports.some(
        ({ at, evidence, isForgotten }) =>
          !isForgotten && at > now - recentMs && evidence.node === node && evidence.timeouts + evidence.refused > 0,
      ),
    /**
     * Which nodes `caller` called within the window, and how often a call failed. The caller had to wait for these
     * nodes.
     */
    calledBy(caller: string, now: number): Map<string, number> {
      const called = new Map<string, number>();
      for (const report of within(now)) {
        if (report.caller !== caller) continue;
        const { node, timeouts, refused, resets, partial } = report.evidence;
        called.set(node, (called.get(node) ?? 0) + timeouts + refused + resets + partial);
      }
      return called;
    },
    /** Proofs against `node` within the window. */
    proofs: (node: string, now: number): number =>
      within(now).reduce(
        (sum, { evidence, isForgotten }) => sum + (evidence.node === node && !isForgotten ? evidence.proofs : 0),
        0,
      ),
    /**
     * After a repair of a node only new evidence counts against it. The old evidence still excuses the node's callers.
     */
    forget(node: string): void {
      reports = reports.map((it) => (it.evidence.node === node ? { ...it, isForgotten: true } : it));
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

/** The caller waited far longer for these answers than for those of the node's peers at that moment. */
function isLate({ at, caller, evidence: { node, group, medianMs } }: Report, reports: readonly Report[]): boolean {
  if (medianMs === undefined) return false;
  const peers = reports.flatMap(({ at: then, caller: by, evidence: its }) =>
    by === caller && its.node !== node && its.group === group && its.medianMs !== undefined
      ? { at: then, ms: its.medianMs }
      : [],
  );
  return ratiosToPeers([{ at, ms: medianMs }], peers, momentMs).some((ratio) => ratio >= thresholds.slowRatio);
}

interface Times {
  readonly now: number;
  readonly serviceMs: number;
  /** The time of the first report in the window that says that a caller got no connection. */
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
    // A later report of another caller may be about an earlier moment.
    if (at > Math.max(since, refusedAt + reportMs)) okSinceRefusal += evidence.ok;
    if (at > since && evidence.ok === 0 && evidence.unanswered > 0) unansweredBeats++;
    for (const kind of at > since ? evidenceKinds : lasting) sums[kind] += evidence[kind];
  }
  const { proofs: _, ...counts } = sums;
  const ratios = compare(node, reports, now, serviceMs);
  const peersLostShare = lostToPeers(node, reports, since);
  const calls = callsIn(sums);
  return { caller, calls, okLately, okSinceRefusal, unansweredBeats, ...counts, ...ratios, peersLostShare };
}

/**
 * For each peer of the node, the share of the calls to this peer that the caller lost; the result is the smallest of
 * these shares. Undefined if the caller called no peer often enough.
 */
function lostToPeers(node: string, reports: readonly Report[], since: number): number | undefined {
  const group = reports.find(({ evidence }) => evidence.node === node)?.evidence.group;
  const peers = new Map<string, Record<EvidenceKind, number>>();
  for (const { at, evidence } of reports) {
    if (at <= since || evidence.group !== group || evidence.node === node) continue;
    const sums = peers.get(evidence.node) ?? { ...noEvidence };
    for (const kind of evidenceKinds) sums[kind] += evidence[kind];
    peers.set(evidence.node, sums);
  }
  const shares = [...peers.values()]
    .map((sums) => ({ ...sums, calls: callsIn(sums) }))
    .filter(({ calls }) => calls >= thresholds.minCalls)
    .map(lostShare);
  return shares.length === 0 ? undefined : Math.min(...shares);
}

const callsIn = ({ ok, timeouts, refused, resets, shed, unanswered }: Record<EvidenceKind, number>): number =>
  ok + timeouts + refused + resets + shed + unanswered;

/**
 * The node's latency, and its fastest answer, divided by the median latency of its peers at the same moments. One
 * caller measured all of them, so its own slowness cancels out. Fast answers count only in the last part of the window:
 * a limping node may have answered fast before it began to limp.
 */
function compare(
  node: string,
  reports: readonly Report[],
  now: number,
  serviceMs: number,
): Pick<CallerEvidence, 'latencyRatio' | 'fastestRatio'> {
  const group = reports.find(({ evidence }) => evidence.node === node && evidence.medianMs !== undefined)?.evidence
    .group;
  const timed = reports.flatMap(({ at, evidence: { node: name, group: its, medianMs, fastestMs, ok, unanswered } }) =>
    at > now - serviceMs && its === group && medianMs !== undefined
      ? { name, at, ms: medianMs, fastestMs, answers: ok + unanswered }
      : [],
  );
  const answers = (name: string) => timed.reduce((sum, it) => sum + (it.name === name ? it.answers : 0), 0);
  const own = timed.filter(({ name }) => name === node);
  const peers = timed.filter(({ name }) => name !== node && answers(name) >= minAnswers);
  const ratios = ratiosToPeers(own, peers, momentMs);
  const fastest = own.flatMap(({ at, fastestMs }) =>
    at > now - (1 - ownQuantile) * serviceMs && fastestMs !== undefined ? { at, ms: fastestMs } : [],
  );
  const fastestRatio = Math.min(...ratiosToPeers(fastest, peers, momentMs));
  // When nobody calls the node any more, the old moments prove nothing new. One fast answer still shows that it does
  // not limp.
  const isNews = now - (own.at(-1)?.at ?? -Infinity) <= recentMs;
  return {
    ...(isNews && ratios.length > 0 && answers(node) >= minAnswers && { latencyRatio: quantile(ratios, ownQuantile) }),
    ...(fastestRatio < Infinity && { fastestRatio }),
  };
}
