export interface PageRankOptions {
  /** The chance that the reader follows a link instead of jumping anywhere. */
  readonly damping?: number;
  /** Stops when the ranks changed by less than this in sum. */
  readonly tolerance?: number;
  readonly maxIterations?: number;
}

/**
 * PageRank (Brin & Page 1998): how often a reader who follows links at random, and now and then jumps anywhere, is at
 * each page. Power iteration; the mass of pages without links is spread over all. Edge e leads from page `from[e]` to
 * page `to[e]`, both below `count`; a link repeated counts once, one to itself not at all. The ranks sum to 1. The same
 * edges in any order give the same bits.
 */
export function pagerank(
  count: number,
  from: ArrayLike<number>,
  to: ArrayLike<number>,
  { damping = 0.85, tolerance = 1e-10, maxIterations = 200 }: PageRankOptions = {},
): Float64Array {
  let ranks = new Float64Array(count).fill(1 / count);
  if (count === 0) return ranks;
  const { starts, targets } = outgoing(count, from, to);
  let next = new Float64Array(count);
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    let dangling = 0;
    next.fill(0);
    for (let page = 0; page < count; page++) {
      const first = starts[page]!;
      const last = starts[page + 1]!;
      if (first === last) {
        dangling += ranks[page]!;
        continue;
      }
      const share = ranks[page]! / (last - first);
      for (let link = first; link < last; link++) next[targets[link]!]! += share;
    }
    const jump = (1 - damping + damping * dangling) / count;
    let change = 0;
    for (let page = 0; page < count; page++) {
      const rank = jump + damping * next[page]!;
      change += Math.abs(rank - ranks[page]!);
      next[page] = rank;
    }
    [ranks, next] = [next, ranks];
    if (change < tolerance) break;
  }
  return ranks;
}

/**
 * Ranks as popularity in [0, 1]. PageRank falls off as a power law, so equal steps of its logarithm are equal steps of
 * importance; where all pages rank alike (no links) popularity is 0 and decides nothing.
 */
export function popularities(ranks: Float64Array): Float64Array {
  let least = Infinity;
  let greatest = 0;
  for (const rank of ranks) {
    if (rank < least) least = rank;
    if (rank > greatest) greatest = rank;
  }
  const range = Math.log(greatest / least);
  // Rounding alone makes equal ranks differ by parts in 10^15: that is not popularity.
  if (!(range > 1e-6)) return new Float64Array(ranks.length);
  return ranks.map((rank) => Math.min(1, Math.log(rank / least) / range));
}

/**
 * Compressed rows: the targets of page p are targets[starts[p] .. starts[p + 1]], ascending, without repetition and
 * without p.
 */
function outgoing(count: number, from: ArrayLike<number>, to: ArrayLike<number>) {
  const ends = new Uint32Array(count + 1);
  for (let edge = 0; edge < from.length; edge++) ends[from[edge]! + 1]!++;
  for (let page = 0; page < count; page++) ends[page + 1]! += ends[page]!;
  const rows = ends.slice();
  const all = new Uint32Array(from.length);
  for (let edge = 0; edge < from.length; edge++) all[rows[from[edge]!]!++] = to[edge]!;
  const starts = new Uint32Array(count + 1);
  let kept = 0;
  for (let page = 0; page < count; page++) {
    starts[page] = kept;
    // Reading runs ahead of writing, so the row may be packed in place.
    const row = all.subarray(ends[page], ends[page + 1]).sort();
    let previous = -1;
    for (const target of row) {
      if (target !== previous && target !== page) all[kept++] = target;
      previous = target;
    }
  }
  starts[count] = kept;
  return { starts, targets: all };
}
