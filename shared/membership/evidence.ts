import Type, { type Static } from 'typebox';
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
    /** Median latency of the calls that were answered, ms; absent without any. */
    medianMs: Type.Optional(Type.Number({ minimum: 0 })),
  },
  { additionalProperties: false },
);
export type Sighting = Static<typeof Sighting>;

/** How a call ended, as evidence about the node that was called. */
export type Outcome = 'ok' | 'timeouts' | 'partial' | 'refused' | 'resets' | 'shed' | 'invalid' | 'lostVotes';

/** Latencies kept between two reports: enough for a median. */
const maxLatencies = 64;

/** Caller side: counts between two reports. */
export function createSightings() {
  type Counts = Record<Outcome, number> & { group: string; latencies: number[] };
  let byNode = new Map<string, Counts>();
  return {
    /** `latencyMs` where an answer came. A lost vote or an invalid reply counts besides its `ok`. */
    note(node: string, group: string, outcome: Outcome, latencyMs?: number): void {
      let counts = byNode.get(node);
      if (!counts)
        byNode.set(
          node,
          (counts = {
            group,
            ok: 0,
            timeouts: 0,
            partial: 0,
            refused: 0,
            resets: 0,
            shed: 0,
            invalid: 0,
            lostVotes: 0,
            latencies: [],
          }),
        );
      counts[outcome]++;
      if (latencyMs !== undefined && counts.latencies.length < maxLatencies) counts.latencies.push(latencyMs);
    },
    /** Everything since the last take. */
    take(): Sighting[] {
      const taken = [...byNode].map(([node, { latencies, ...counts }]) => ({
        node,
        ...counts,
        ...(latencies.length === 0 ? {} : { medianMs: median(latencies) }),
      }));
      byNode = new Map();
      return taken;
    },
  };
}

interface Report {
  readonly at: number;
  readonly caller: string;
  readonly sighting: Sighting;
}

/** Answers of a caller before its latency of a node is compared. */
const minAnswers = 5;

/** Monitor side: the reports of the last `windowMs`, as evidence per node. Bounded by nodes x callers x reports per window. */
export function createEvidence(windowMs: number) {
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
        ),
      );
    },
    /** Forgets what was seen of a node: after a repair only new evidence counts. */
    forget(node: string): void {
      reports = reports.filter(({ sighting }) => sighting.node !== node);
    },
  };
}

function sight(node: string, caller: string, reports: readonly Report[]): CallerSight {
  const own = reports.filter(({ sighting }) => sighting.node === node).map(({ sighting }) => sighting);
  const sum = (outcome: Outcome) => own.reduce((total, sighting) => total + sighting[outcome], 0);
  const [ok, timeouts, partial, refused, resets, shed] = [
    sum('ok'),
    sum('timeouts'),
    sum('partial'),
    sum('refused'),
    sum('resets'),
    sum('shed'),
  ];
  const calls = ok + timeouts + partial + refused + resets + shed;
  const rest = { invalid: sum('invalid'), lostVotes: sum('lostVotes'), latencyRatio: ratio(node, own[0]?.group, reports) };
  return { caller, calls, ok, timeouts, partial, refused, resets, shed, ...rest };
}

/** The node's latency over the median of its peers', as one caller saw them: the caller's own slowness cancels out. */
function ratio(node: string, group: string | undefined, reports: readonly Report[]): number | undefined {
  const medians = new Map<string, number[]>();
  const answers = new Map<string, number>();
  for (const { sighting } of reports) {
    if (sighting.group !== group || sighting.medianMs === undefined) continue;
    medians.set(sighting.node, [...(medians.get(sighting.node) ?? []), sighting.medianMs]);
    answers.set(sighting.node, (answers.get(sighting.node) ?? 0) + sighting.ok);
  }
  const typical = [...medians]
    .filter(([name]) => (answers.get(name) ?? 0) >= minAnswers)
    .map(([name, all]) => ({ name, ms: median(all) }));
  const own = typical.find(({ name }) => name === node);
  const peers = typical.filter(({ name }) => name !== node).map(({ ms }) => ms);
  if (!own || peers.length === 0) return undefined;
  // Half a millisecond of grace: between 0.1 and 0.4 ms nothing limps.
  return (own.ms + 0.5) / (median(peers) + 0.5);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
