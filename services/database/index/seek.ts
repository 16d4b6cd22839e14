/**
 * The first index in [from, to) of ascending `docs` whose doc is at least `doc`; `to` when there is none. The nearer
 * the index is to `from`, the faster the search.
 */
export function seekDoc(docs: Uint32Array, doc: number, from: number, to: number): number {
  let low = from;
  let step = 1;
  while (low + step < to && docs[low + step]! < doc) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step, to);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (docs[middle]! < doc) low = middle + 1;
    else high = middle;
  }
  return low;
}
