/**
 * How many of `size` replicas may be down at once: f of 2f + 1, so that a majority stays. Of two replicas, one may be
 * down. A single replica must stay up.
 */
export function tolerated(size: number): number {
  return size < 2 ? 0 : Math.max(1, Math.floor((size - 1) / 2));
}
