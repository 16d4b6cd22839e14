import { scoringParameters } from '../../ranking/bm25f.ts';
import { countOf } from './counts.ts';
import type { Segment } from './segment.ts';

/** Docs per window, as a power of two: sums for one window (8 bytes a doc) stay in the processor's first cache. */
export const windowBits = 12;
/** Lists shorter than this have no bounds by window: looking at their postings costs no more. */
const boundedFrom = 128;

/**
 * For every long list, where each window of docs begins in it, and the greatest field-weighted frequency f (bm25f.ts) in each window.
 * f is taken with this segment's own average lengths, so that it needs no statistics; `stretch` makes it a bound for others.
 */
export interface Bounds {
  readonly windows: number;
  /** Term -> row; absent for short lists. */
  readonly rows: ReadonlyMap<number, number>;
  /** row * (windows + 1) + window. */
  readonly starts: Uint32Array;
  /** row * windows + window; 0 where the window has no posting. */
  readonly greatest: Float32Array;
  readonly popularity: Float64Array;
  /**
   * By what f can exceed the stored one when the average lengths are `averages` instead. With r = the greatest ratio of new to own average:
   * 1 - b + b x length / (r x own) >= (1 - b + b x length / own) / r, so f grows by r at most, and not at all where r <= 1.
   */
  readonly stretch: (averages: readonly number[]) => number;
}

/** Lifts a bound above every rounding error on the way to it. */
const slack = 1 + 1e-6;

export function createBounds(segment: Segment): Bounds {
  const { documents, docs, lengths, postingStart } = segment;
  const windows = Math.max(1, Math.ceil(documents / 2 ** windowBits));
  const termCount = postingStart.length - 1;
  const rows = new Map<number, number>();
  for (let t = 0; t < termCount; t++) if (postingStart[t + 1]! - postingStart[t]! >= boundedFrom) rows.set(t, rows.size);
  const starts = new Uint32Array(rows.size * (windows + 1));
  const greatest = new Float32Array(rows.size * windows);
  const popularity = new Float64Array(windows);
  for (let doc = 0; doc < documents; doc++) {
    const window = doc >>> windowBits;
    if (segment.popularity[doc]! > popularity[window]!) popularity[window] = segment.popularity[doc]!;
  }

  const own = averageLengths(segment);
  const { b, fieldWeights } = scoringParameters;
  const weighted = (p: number, doc: number, field: 0 | 1 | 2) =>
    (fieldWeights[field] * countOf(segment, p, field)) / (1 - b[field] + (b[field] * lengths[doc * 3 + field]!) / own[field]);

  for (const [t, row] of rows) {
    let window = 0;
    starts[row * (windows + 1)] = postingStart[t]!;
    for (let p = postingStart[t]!; p < postingStart[t + 1]!; p++) {
      const doc = docs[p]!;
      while (doc >>> windowBits > window) starts[row * (windows + 1) + ++window] = p;
      let f = weighted(p, doc, 2);
      if (segment.counts[p]! > 255) f += weighted(p, doc, 0) + weighted(p, doc, 1);
      f *= slack;
      if (f > greatest[row * windows + window]!) greatest[row * windows + window] = f;
    }
    while (window < windows) starts[row * (windows + 1) + ++window] = postingStart[t + 1]!;
  }

  const totals = fieldLengths(segment);
  return {
    windows,
    rows,
    starts,
    greatest,
    popularity,
    // A field that is empty here plays no part here, whatever its average elsewhere.
    stretch: (averages) => Math.max(1, ...averages.map((average, field) => (totals[field] === 0 ? 1 : average / own[field]!))),
  };
}

/** Terms by field over all docs. */
export function fieldLengths(segment: Segment): [number, number, number] {
  const totals: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < segment.lengths.length; i++) totals[(i % 3) as 0 | 1 | 2] += segment.lengths[i]!;
  return totals;
}

function averageLengths(segment: Segment): [number, number, number] {
  const [title, keywords, body] = fieldLengths(segment);
  const average = (total: number) => Math.max(total, 1) / Math.max(segment.documents, 1);
  return [average(title), average(keywords), average(body)];
}
