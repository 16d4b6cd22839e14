import Type, { type Static } from 'typebox';
import type { Endpoint } from '../../call.ts';
import type { AttemptEnd, Learn } from './attempt-end.ts';
import { eject, forgive } from './ejection.ts';
import type { EjectionReason, Observe } from '../events.ts';
import type { Peer, PeerGroup } from './peers.ts';
import { samplesNeeded, slowPeers } from './slow-peers.ts';
import type { LatencyStatistics } from './latency-statistics.ts';

export const OutlierSettings = Type.Object(
  {
    failures: Type.Integer({
      default: 5,
      minimum: 1,
      description: 'ejected after this many failed attempts in a row (Envoy: 5)',
    }),
    silenceMs: Type.Number({
      default: 2_000,
      minimum: 0,
      description:
        'a replica is also ejected when it has given no answer for this time and `failures` attempts failed or ' +
        'stayed unanswered; the time is longer than any usual pause',
    }),
    windowMs: Type.Number({
      default: 1_000,
      minimum: 1,
      description: 'time between two comparisons of the latencies of the replicas',
    }),
    slowWindows: Type.Integer({
      default: 3,
      minimum: 1,
      description: 'ejected when slow in this many windows: one pause is not enough',
    }),
    slowRatio: Type.Number({
      default: 3,
      exclusiveMinimum: 1,
      description: 'slow = this many times the median latency of the others',
    }),
    slowMinMs: Type.Number({
      default: 5,
      minimum: 0,
      description: 'a slow replica is also slower than the others by at least this',
    }),
    minSamples: Type.Integer({
      default: 6,
      minimum: 1,
      description: 'fewest answers of a replica for a comparison: the median of three is often slow by chance',
    }),
    baseMs: Type.Number({
      default: 5_000,
      minimum: 1,
      description: 'length of the first ejection; each further one is longer by this',
    }),
    maxMs: Type.Number({ default: 300_000, minimum: 1, description: 'longest ejection (Envoy: 300 s)' }),
    maxShare: Type.Number({
      default: 0.1,
      minimum: 0,
      maximum: 1,
      description:
        'largest share of the replicas that may be ejected at the same time; ' +
        'in a group of at least two replicas, one may always be ejected',
    }),
  },
  { additionalProperties: false },
);
export type OutlierSettings = Static<typeof OutlierSettings>;

/** The evidence for and against one replica since its last ejection. */
export interface ReplicaRecord {
  readonly peer: Peer;
  /** When the replica was admitted. After an ejection, evidence from before the ejection does not count. */
  readonly admittedAt: number;
  /** Attempts that failed through the replica's fault since its last answer. */
  failures: number;
  /** Attempts that were given up without an answer since its last answer. */
  unanswered: number;
  /**
   * When the present silence began: at the last answer, or when the first attempt without an answer was sent, if that
   * was later.
   */
  silentSince: number;
  readonly ratios: number[];
  slowWindows: number;
}

export function emptyRecord(peer: Peer): ReplicaRecord {
  const { admittedAt } = peer.ejection;
  return { peer, admittedAt, failures: 0, unanswered: 0, silentSince: admittedAt, ratios: [], slowWindows: 0 };
}

/** The reason to eject the replica, by its attempts since the last answer; undefined = the replica stays. */
export function ejectionReason(
  settings: OutlierSettings,
  { failures, unanswered, silentSince }: Pick<ReplicaRecord, 'failures' | 'unanswered' | 'silentSince'>,
  now: number,
): EjectionReason | undefined {
  if (failures >= settings.failures) return 'failures';
  if (failures + unanswered >= settings.failures && now - silentSince >= settings.silenceMs) return 'silence';
  return undefined;
}

/**
 * The length of the next ejection after `ejections` earlier ones, ms. It grows, so that a replica with an intermittent
 * fault is not admitted again and again.
 */
export function ejectionMs(settings: OutlierSettings, ejections: number): number {
  return Math.min(settings.maxMs, settings.baseMs * (ejections + 1));
}

/**
 * Whether one more replica may be ejected: at most `maxShare` of the group, but at least one, and never the only one.
 * The other replicas must be able to carry the load.
 */
export function mayEject(settings: OutlierSettings, ejected: number, replicas: number): boolean {
  return replicas > 1 && ejected < Math.max(1, Math.floor(replicas * settings.maxShare));
}

export interface OutlierDependencies {
  readonly statistics: LatencyStatistics;
  readonly endpoints: (component: string, shard?: number) => readonly Endpoint[];
  readonly observe: Observe;
}

/** The answers that are kept per window for the comparison: enough for a median. */
const maxRatios = 64;

/**
 * Ejects a replica for a while when it fails, falls silent, or is far slower than its peers. The last case is a gray
 * failure: the replica answers heartbeats and every call, but late. Only this node's own calls are evidence. A call
 * does not pass through this file: `attempts` reports how each attempt ended, and `balance` reads `peer.ejection`.
 * There are no timers: the end of an attempt starts the comparison that is due.
 */
export function outlier(settings: OutlierSettings, { statistics, endpoints, observe }: OutlierDependencies): Learn {
  const records = new WeakMap<Peer, ReplicaRecord>();
  /** The start of the current window for comparing replicas. */
  const windows = new WeakMap<PeerGroup, number>();

  function recordOf(peer: Peer): ReplicaRecord {
    let known = records.get(peer);
    if (known?.admittedAt !== peer.ejection.admittedAt) records.set(peer, (known = emptyRecord(peer)));
    return known;
  }

  function takeOut({ call, group, endedAt }: AttemptEnd, peer: Peer, why: EjectionReason): void {
    // A late report may be about a process that has been replaced since.
    if (group.get(peer.node) !== peer) return;
    const replicas = endpoints(call.component, call.shard);
    const out = replicas.filter(({ node }) => group.get(node).ejection.until > endedAt).length;
    if (peer.ejection.until > endedAt || !mayEject(settings, out, replicas.length)) return;
    const forMs = ejectionMs(settings, peer.ejection.count);
    eject(peer.ejection, endedAt + forMs);
    observe({ event: 'ejected', component: call.component, node: peer.node, why, forMs });
  }

  function compare(end: AttemptEnd): void {
    const { call, group, endedAt } = end;
    windows.set(group, endedAt);
    const current = endpoints(call.component, call.shard).map(({ node }) => recordOf(group.get(node)));
    const medianMs = statistics.of(call.component, call.operation).quantile(0.5, endedAt, 1) ?? 0;
    const slow = slowPeers(settings, current, medianMs);
    for (const known of current) {
      if (known.ratios.length < samplesNeeded(settings, known)) continue;
      known.ratios.length = 0;
      // Counts down by one, not to zero: a replica that is slow now and then is an outlier too.
      known.slowWindows = slow.includes(known) ? known.slowWindows + 1 : Math.max(0, known.slowWindows - 1);
      const { ejection } = known.peer;
      if (known.slowWindows >= settings.slowWindows) takeOut(end, known.peer, 'latency');
      else if (ejection.count > 0 && endedAt - ejection.countedAt > ejectionMs(settings, ejection.count))
        forgive(ejection, endedAt);
    }
  }

  /** Records how long an attempt took. An attempt that was abandoned took at least that long. */
  function sample(end: AttemptEnd, { ratios }: ReplicaRecord): void {
    const { call, group, elapsedMs, endedAt, abandoned } = end;
    const medianMs = statistics.of(call.component, call.operation).quantile(0.5, endedAt, 1);
    const isTelling = medianMs !== undefined && (!abandoned || elapsedMs > medianMs);
    if (isTelling && ratios.length < maxRatios) ratios.push(elapsedMs / medianMs);
    if (!windows.has(group)) windows.set(group, endedAt);
    if (endedAt - windows.get(group)! >= settings.windowMs) compare(end);
  }

  return function outlier(end) {
    const { peer, sentAt, endedAt, error, evidence, abandoned } = end;
    const known = recordOf(peer);
    if (error === undefined) {
      known.failures = 0;
      known.unanswered = 0;
      known.silentSince = endedAt;
      return sample(end, known);
    }
    // A time without calls to the replica is no silence of the replica.
    if (known.failures + known.unanswered === 0) known.silentSince = Math.max(known.silentSince, sentAt);
    // A full attempt would have taken longer still. Where hedges win, a slow replica shows only abandoned attempts.
    if (abandoned) sample(end, known);
    // A refusal is no failure: a busy replica needs fewer calls, not none, and the others are probably busy too.
    if (evidence === 'unanswered') known.unanswered++;
    else if (evidence === 'failure') known.failures++;
    const why = ejectionReason(settings, known, endedAt);
    if (why !== undefined) takeOut(end, peer, why);
  };
}
