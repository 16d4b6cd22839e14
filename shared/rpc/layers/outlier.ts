import Type, { type Static } from 'typebox';
import type { Clock } from '../../time/clock.ts';
import type { Call, Endpoint, Layer } from '../call.ts';
import { asRpcError } from '../errors.ts';
import type { EjectionReason, Observe } from './events.ts';
import { ejectPeer, type Peer, type PeerGroup, type Peers } from './peers.ts';
import { isFaultOf } from './retryable.ts';
import { samplesNeeded, slowPeers } from './slow-peers.ts';
import type { Statistics } from './statistics.ts';

export const OutlierSettings = Type.Object(
  {
    failures: Type.Integer({ default: 5, minimum: 1, description: 'failed attempts in a row (Envoy: 5)' }),
    silenceMs: Type.Number({
      default: 2_000,
      minimum: 0,
      description: 'or as many unanswered ones, and no answer for this long: no pause lasts so long',
    }),
    windowMs: Type.Number({
      default: 1_000,
      minimum: 1,
      description: 'how often the latencies of the replicas are compared',
    }),
    slowWindows: Type.Integer({
      default: 3,
      minimum: 1,
      description: 'slow in so many windows: one pause is no outlier',
    }),
    slowRatio: Type.Number({
      default: 3,
      exclusiveMinimum: 1,
      description: 'slow = this many times the median of the others',
    }),
    slowMinMs: Type.Number({ default: 5, minimum: 0, description: 'and slower by at least this' }),
    minSamples: Type.Integer({
      default: 6,
      minimum: 1,
      description: 'answers of a replica before it is judged: the median of three is often a straggler',
    }),
    baseMs: Type.Number({
      default: 5_000,
      minimum: 1,
      description: 'first ejection; each further one is longer by this',
    }),
    maxMs: Type.Number({ default: 300_000, minimum: 1, description: 'longest ejection (Envoy: 300 s)' }),
    maxShare: Type.Number({
      default: 0.1,
      minimum: 0,
      maximum: 1,
      description: 'of the replicas ejected at a time; but one always may be',
    }),
  },
  { additionalProperties: false },
);
export type OutlierSettings = Static<typeof OutlierSettings>;

/** Whether what a replica did since its last answer speaks against it. */
export function verdict(settings: OutlierSettings, peer: Peer, now: number): EjectionReason | undefined {
  if (peer.failures >= settings.failures) return 'failures';
  if (peer.failures + peer.unanswered >= settings.failures && now - peer.silentSince >= settings.silenceMs)
    return 'silence';
  return undefined;
}

/** How long the ejection after `ejections` earlier ones lasts, ms: grows, so that an intermittent fault is not let in again and again. */
export function ejectionMs(settings: OutlierSettings, ejections: number): number {
  return Math.min(settings.maxMs, settings.baseMs * (ejections + 1));
}

/** At most one in N, and never the only one: with few replicas the others could not carry the load of two. */
export function mayEject(settings: OutlierSettings, ejected: number, replicas: number): boolean {
  return replicas > 1 && ejected < Math.max(1, Math.floor(replicas * settings.maxShare));
}

export interface OutlierDependencies {
  readonly clock: Clock;
  readonly peers: Peers;
  readonly statistics: Statistics;
  readonly endpoints: (component: string, shard?: number) => readonly Endpoint[];
  readonly observe: Observe;
}

/**
 * Takes a replica out of the choice for a while when it fails, falls silent, or is far slower than its peers (a gray failure: it answers
 * heartbeats and every call, late). Evidence is this node's own calls only. `balance` reads `ejectedUntil`. No timers: what is due is
 * done with the next answer.
 */
export function outlier(
  settings: OutlierSettings,
  { clock, peers, statistics, endpoints, observe }: OutlierDependencies,
): Layer {
  function eject(call: Call, group: PeerGroup, peer: Peer, why: EjectionReason, now: number): void {
    // What is late to come may be about a process that has been replaced meanwhile.
    if (group.get(peer.node) !== peer) return;
    const replicas = endpoints(call.component, call.shard);
    const ejected = replicas.filter(({ node }) => group.get(node).ejectedUntil > now).length;
    if (peer.ejectedUntil > now || !mayEject(settings, ejected, replicas.length)) return;
    const forMs = ejectionMs(settings, peer.ejections);
    ejectPeer(peer, now + forMs);
    observe({ event: 'ejected', component: call.component, node: peer.node, why, forMs });
  }

  function compare(call: Call, group: PeerGroup, now: number): void {
    group.windowAt = now;
    const current = endpoints(call.component, call.shard).map(({ node }) => group.get(node));
    const medianMs = statistics.of(call.component, call.operation).quantile(0.5, now, 1) ?? 0;
    const slow = slowPeers(settings, current, medianMs);
    for (const peer of current) {
      if (peer.ratios.length < samplesNeeded(settings, peer)) continue;
      peer.ratios.length = 0;
      // Down one by one, not to zero: a replica that limps on and off is an outlier too.
      peer.slowWindows = slow.includes(peer) ? peer.slowWindows + 1 : Math.max(0, peer.slowWindows - 1);
      if (peer.slowWindows >= settings.slowWindows) eject(call, group, peer, 'latency', now);
      else if (peer.ejections > 0 && now - peer.admittedAt > ejectionMs(settings, peer.ejections)) {
        peer.ejections--;
        peer.admittedAt = now - 1;
      }
    }
  }

  /** What an attempt tells of its replica: how long it took, or, when it was abandoned, that it took at least so long. */
  function sample(call: Call, group: PeerGroup, peer: Peer, elapsedMs: number, now: number): void {
    const medianMs = statistics.of(call.component, call.operation).quantile(0.5, now, 1);
    const told = medianMs !== undefined && (!call.signal.aborted || elapsedMs > medianMs);
    if (told && peer.ratios.length < maxRatios) peer.ratios.push(elapsedMs / medianMs);
    if (now - group.windowAt >= settings.windowMs) compare(call, group, now);
  }

  return function outlier(next) {
    return async (call) => {
      const group = peers.group(call);
      const peer = group.get(call.endpoint?.node ?? '');
      const sentAt = clock.now();
      try {
        const reply = await next(call);
        const now = clock.now();
        peer.failures = 0;
        peer.unanswered = 0;
        peer.silentSince = now;
        sample(call, group, peer, now - sentAt, now);
        return reply;
      } catch (thrown) {
        const error = asRpcError(thrown);
        const now = clock.now();
        // A replica that was not asked for a while is not silent for that.
        if (peer.failures + peer.unanswered === 0) peer.silentSince = Math.max(peer.silentSince, sentAt);
        // Refusing is not failing: a busy replica needs fewer calls, not none, and the others are likely busy too.
        if (call.signal.aborted) {
          peer.unanswered++;
          // It would have taken longer still: where hedges win, these are all that is seen of a slow replica.
          sample(call, group, peer, now - sentAt, now);
        } else if (isFaultOf(peer.node, error) && error.code !== 'overloaded') peer.failures++;
        const why = verdict(settings, peer, now);
        if (why !== undefined) eject(call, group, peer, why, now);
        throw thrown;
      }
    };
  };
}

/** Answers of one window that are kept for the comparison: enough for a median. */
const maxRatios = 64;
