export interface SlowSettings {
  readonly slowRatio: number;
  readonly slowMinMs: number;
  readonly minSamples: number;
}

/** What is known of the speed of one replica. */
export interface Speed {
  /** Latency relative to the operation's median, of the newest answers. */
  readonly ratios: readonly number[];
  /** In how many of the last windows it was far slower than its peers. */
  readonly slowWindows: number;
}

/**
 * A replica that was slow gets fewer calls from `balance`: to confirm what was seen, a third of the answers is enough.
 */
export function samplesNeeded(settings: SlowSettings, { slowWindows }: Speed): number {
  return slowWindows > 0 ? Math.ceil(settings.minSamples / 3) : settings.minSamples;
}

/**
 * Which replicas were far slower than the others in this window. Each one's answers are relative to their operation's
 * median (`medianMs`), so that a replica that happened to get the costly operations is not blamed; the measure is its
 * median, so that one pause does not count; and it is compared with the median of the *other* replicas, which works
 * from two replicas on.
 */
export function slowPeers<S extends Speed>(settings: SlowSettings, peers: readonly S[], medianMs: number): S[] {
  const judged = peers.filter((peer) => peer.ratios.length >= samplesNeeded(settings, peer));
  if (judged.length < 2) return [];
  const measures = judged.map(({ ratios }) => median(ratios));
  return judged.filter(({ ratios }, i) => {
    const others = median(measures.filter((_, j) => j !== i));
    // Balancers ask an avoided replica in bad moments only; who limps is slow in the good ones, too.
    if (Math.min(...ratios) < (settings.slowRatio / 2) * others) return false;
    return measures[i]! > settings.slowRatio * others && (measures[i]! - others) * medianMs >= settings.slowMinMs;
  });
}

/** The lower median of at least one number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1]!;
}
