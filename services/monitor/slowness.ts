import { median } from '../../shared/quantile.ts';

/** A measurement of a node at one moment. */
export interface LatencySample {
  readonly at: number;
  readonly ms: number;
}

/** Added to both times, ms: a node that takes 4 ms where its peers take 1 ms is not limping. */
const graceMs = 5;

/**
 * The node's time as a multiple of its peers' time, for each moment in which a peer was measured at most `withinMs`
 * before or after. Moments are compared one by one, because the measured moments are no fair sample: balancers avoid a
 * node that was slow once, and call it again when all are slow.
 */
export function ratiosToPeers(
  own: readonly LatencySample[],
  peers: readonly LatencySample[],
  withinMs: number,
): number[] {
  return own.flatMap(({ at, ms }) => {
    const then = peers.filter((peer) => Math.abs(peer.at - at) <= withinMs).map((peer) => peer.ms);
    return then.length === 0 ? [] : (ms + graceMs) / (median(then) + graceMs);
  });
}
