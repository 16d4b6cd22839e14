import { median } from '../../shared/quantile.ts';

/** What was measured of a node about one moment. */
export interface Moment {
  readonly at: number;
  readonly ms: number;
}

/** Between 1 and 4 ms nothing limps, ms. */
const graceMs = 5;

/**
 * How many times as long as its peers a node took, for each of its moments in which a peer was measured as well, at
 * most `withinMs` before or after. Moments are compared one by one, because what is seen of a node is no fair sample of
 * the time: balancers avoid a node that was slow once, and ask it again when all are slow.
 */
export function ratiosToPeers(own: readonly Moment[], peers: readonly Moment[], withinMs: number): number[] {
  return own.flatMap(({ at, ms }) => {
    const then = peers.filter((peer) => Math.abs(peer.at - at) <= withinMs).map((peer) => peer.ms);
    return then.length === 0 ? [] : (ms + graceMs) / (median(then) + graceMs);
  });
}
