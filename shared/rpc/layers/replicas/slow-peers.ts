import { lowerMedian } from '../../../quantile.ts';

export interface SlowSettings {
  readonly slowRatio: number;
  readonly slowMinMs: number;
  readonly minSamples: number;
}

/** The known speed of one replica. */
export interface Speed {
  /** Latencies of the newest answers, each divided by the median of its operation. */
  readonly ratios: readonly number[];
  /**
   * Goes up by one after a window in which the replica was far slower than its peers. Goes down by one after any other
   * window.
   */
  readonly slowWindows: number;
}

/**
 * A replica that was slow gets fewer calls from `balance`. So a third of the answers is enough to confirm that it is
 * slow.
 */
export function samplesNeeded(settings: SlowSettings, { slowWindows }: Speed): number {
  return slowWindows > 0 ? Math.ceil(settings.minSamples / 3) : settings.minSamples;
}

/**
 * The replicas that were far slower than the others in this window. Each latency is divided by the median of its
 * operation (`medianMs`), so a replica that happened to get the expensive operations is not blamed. A replica is
 * measured by the median of these ratios, so that one pause does not count. This median is compared with the median of
 * the *other* replicas, which works with two replicas or more.
 */
export function slowPeers<S extends Speed>(settings: SlowSettings, peers: readonly S[], medianMs: number): S[] {
  const judged = peers.filter((peer) => peer.ratios.length >= samplesNeeded(settings, peer));
  if (judged.length < 2) return [];
  const measures = judged.map(({ ratios }) => lowerMedian(ratios));
  return judged.filter(({ ratios }, i) => {
    const others = lowerMedian(measures.filter((_, j) => j !== i));
    // An avoided replica gets calls only while all replicas are slow. Its median may be high for this reason alone, so
    // the median is no proof. But a replica that is really slow has no fast answers at all.
    if (Math.min(...ratios) < (settings.slowRatio / 2) * others) return false;
    return measures[i]! > settings.slowRatio * others && (measures[i]! - others) * medianMs >= settings.slowMinMs;
  });
}
