import Type, { type Static } from 'typebox';
import type { Clock } from '../time/clock.ts';
import type { CallerSight } from './diagnosis.ts';

const Count = Type.Integer({ minimum: 0 });

/** What a caller saw of one node since its last report; it travels with the caller's heartbeat. */
export const Sighting = Type.Object(
  {
    node: Type.String(),
    /** Nodes of one group do the same work: their latencies can be compared. */
    group: Type.String(),
    ok: Count,
    timeouts: Count,
    partial: Count,
    refused: Count,
    resets: Count,
    shed: Count,
    invalid: Count,
    lostVotes: Count,
    /** Given up because another node had answered already, or the caller left. */
    unanswered: Count,
    /** Signed answers that contradict each other. */
    proofs: Count,
    /** Median time until the answer, or until the wait for it was given up, ms; absent without any. */
    medianMs: Type.Optional(Type.Number({ minimum: 0 })),
  },
  { additionalProperties: false },
);
export type Sighting = Static<typeof Sighting>;

/** How a call ended, as evidence about the node that was called. */
export const outcomes = [
  'ok',
  'timeouts',
  'partial',
  'refused',
  'resets',
  'shed',
  'invalid',
  'lostVotes',
  'unanswered',
  'proofs',
] as const;
export type Outcome = (typeof outcomes)[number];

/** They are remembered for the whole window: a liar does not become honest because he is not asked. */
const lies: readonly Outcome[] = ['invalid', 'lostVotes', 'proofs'];

/** Latencies kept between two reports: enough for a median. */
const maxLatencies = 64;

export interface Sightings {
  /**
   * One observation about a call to `node`. `latencyMs` where an answer came, or where it would have taken at least as long.
   * A lost vote, an invalid reply and a trickling one count besides the end of their call.
   */
  note(node: string, group: string, outcome: Outcome, latencyMs?: number): void;
  /** Everything since the last take, per node; empty when nothing was called. */
  take(): Sighting[];
}

/**
 * Caller side: counts between two reports. `lostMs` (lag.ts) is its self-doubt: when this process itself stood still for a tenth of the
 * time, what looked late to it says nothing about others, and only answers, refusals and lies are reported.
 */
export function createSightings(clock: Clock, lostMs: () => number = () => 0): Sightings {
  type Counts = Record<Outcome, number> & { group: string; latencies: number[] };
  let byNode = new Map<string, Counts>();
  let since = { at: clock.now(), lostMs: lostMs() };
  return {
    note(node, group, outcome, latencyMs) {
      let counts = byNode.get(node);
      if (!counts) byNode.set(node, (counts = { ...nothing, group, latencies: [] }));
      counts[outcome]++;
      if (latencyMs !== undefined && counts.latencies.length < maxLatencies) counts.latencies.push(latencyMs);
    },
    take() {
      const now = { at: clock.now(), lostMs: lostMs() };
      const inDoubt = now.lostMs - since.lostMs > maxLostShare * (now.at - since.at);
      since = now;
      if (byNode.size === 0) return [];
      const taken = [...byNode].map(([node, { latencies, ...counts }]) => ({
        node,
        ...counts,
        ...(inDoubt ? { timeouts: 0, partial: 0, unanswered: 0 } : {}),
        ...(inDoubt || latencies.length === 0 ? {} : { medianMs: median(latencies) }),
      }));
      byNode = new Map();
      return taken;
    },
  };
}

const nothing = Object.fromEntries(outcomes.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
const maxLostShare = 0.1;

interface Report {
  readonly at: number;
  readonly caller: string;
  readonly sighting: Sighting;
}

/** Two heartbeats of a caller. */
const recentMs = 1_000;

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
      return [...callers].map((caller) =>
        sight(
          node,
          caller,
          current.filter((report) => report.caller === caller),
          now - serviceMs,
        ),
      );
    },
    /** Who was reported within the window. */
    seen: (now: number): Set<string> => new Set(within(now).map(({ sighting }) => sighting.node)),
    /** When the first report came that complains of `node`, within the window; undefined when nobody does. */
    firstBadAt: (node: string, now: number): number | undefined =>
      within(now).find(({ sighting }) => sighting.node === node && complains(sighting))?.at,
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

function complains({ timeouts, partial, refused, resets, shed, invalid, lostVotes, proofs }: Sighting): boolean {
  return timeouts + partial + refused + resets + shed + invalid + lostVotes + proofs > 0;
}

function sight(node: string, caller: string, reports: readonly Report[], since: number): CallerSight {
  const sums = { ...nothing };
  for (const { at, sighting } of reports) {
    if (sighting.node !== node) continue;
    for (const outcome of at > since ? outcomes : lies) sums[outcome] += sighting[outcome];
  }
  const { proofs: _, ...counts } = sums;
  const calls = sums.ok + sums.timeouts + sums.refused + sums.resets + sums.shed + sums.unanswered;
  return { caller, calls, ...counts, latencyRatio: ratio(node, reports, since) };
}

/** The node's latency over the median of its peers', as one caller saw them: the caller's own slowness cancels out. */
function ratio(node: string, reports: readonly Report[], since: number): number | undefined {
  const group = reports.find(({ sighting }) => sighting.node === node)?.sighting.group;
  const medians = new Map<string, number[]>();
  const answers = new Map<string, number>();
  for (const { at, sighting } of reports) {
    if (at <= since || sighting.group !== group || sighting.medianMs === undefined) continue;
    medians.set(sighting.node, [...(medians.get(sighting.node) ?? []), sighting.medianMs]);
    answers.set(sighting.node, (answers.get(sighting.node) ?? 0) + sighting.ok + sighting.unanswered);
  }
  const typical = [...medians]
    .filter(([name]) => (answers.get(name) ?? 0) >= minAnswers)
    .map(([name, all]) => ({ name, ms: quantile(all, name === node ? ownQuantile : 0.5) }));
  const own = typical.find(({ name }) => name === node);
  const peers = typical.filter(({ name }) => name !== node).map(({ ms }) => ms);
  if (!own || peers.length === 0) return undefined;
  return (own.ms + graceMs) / (median(peers) + graceMs);
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Between the two nearest values, in proportion; of at least one value. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = q * (sorted.length - 1);
  const below = sorted[Math.floor(position)]!;
  return below + (position % 1) * (sorted[Math.ceil(position)]! - below);
}
