/** The probability that the reader follows a link instead of jumping to a random page. */
const damping = 0.85;
/** The iteration stops when the sum of all changes of ranks is less than this. */
const tolerance = 1e-10;
const maxIterations = 200;

/**
 * PageRank (Brin & Page 1998): the share of time that a random reader spends at each page. The reader follows random
 * links and sometimes jumps to a random page. Computed by power iteration; the rank of pages without links is spread
 * over all pages. Edge e leads from page `from[e]` to page `to[e]`, both below `count`. A repeated link counts once,
 * and a link of a page to itself does not count. The ranks sum to 1. The same edges in any order give the same bits.
 */
export function pagerank(count: number, from: ArrayLike<number>, to: ArrayLike<number>): Float64Array {
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
 * Popularities in [0, 1] from ranks. PageRank follows a power law, so popularity grows with the logarithm of the rank.
 * When all ranks are equal (no links), every popularity is 0.
 */
export function popularities(ranks: Float64Array): Float64Array {
  let least = Infinity;
  let greatest = 0;
  for (const rank of ranks) {
    if (rank < least) least = rank;
    if (rank > greatest) greatest = rank;
  }
  const range = Math.log(greatest / least);
  // Rounding makes equal ranks differ by parts in 10^15. Such a difference does not count.
  if (!(range > 1e-6)) return new Float64Array(ranks.length);
  return ranks.map((rank) => Math.min(1, Math.log(rank / least) / range));
}

/**
 * The links as compressed rows: the targets of page p are targets[starts[p] .. starts[p + 1]]. They ascend, do not
 * repeat, and do not include p.
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
    // The write position never passes the read position, so rows are compacted in place.
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
