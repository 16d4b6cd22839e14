import type { Peer } from './peers.ts';

export interface SlowSettings {
  readonly slowRatio: number;
  readonly slowMinMs: number;
  readonly minSamples: number;
}

/**
 * Which replicas were far slower than the others in this window. Each one's answers are relative to their operation's median
 * (`medianMs`), so that a replica that happened to get the costly operations is not blamed; the measure is its median, so that one pause
 * does not count; and it is compared with the median of the *other* replicas, which works from two replicas on.
 */
export function slowPeers(settings: SlowSettings, peers: readonly Peer[], medianMs: number): Peer[] {
  const judged = peers.filter(({ ratios }) => ratios.length >= settings.minSamples);
  if (judged.length < 2) return [];
  const measures = judged.map(({ ratios }) => median(ratios));
  return judged.filter((_, i) => {
    const others = median(measures.filter((_, j) => j !== i));
    return measures[i]! > settings.slowRatio * others && (measures[i]! - others) * medianMs >= settings.slowMinMs;
  });
}

/** The lower median of at least one number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1]!;
}
