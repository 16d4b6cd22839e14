import { scorer, scoringParameters } from '../../../search/bm25f.ts';
import { nameLength } from '../../../search/names.ts';
import { countOf, maxBodyCount } from './packed-counts.ts';
import type { Segment } from './segment.ts';

/** How fine the bounds are. */
export interface Grain {
  /** Docs per window, as a power of two. */
  readonly windowBits: number;
  /** Lists shorter than this have no bounds by window. */
  readonly boundedFrom: number;
}

/**
 * The sums of one window (8 bytes per doc) fit into the L1 cache. Reading 128 postings costs no more than reading their
 * bounds.
 */
const defaultGrain: Grain = { windowBits: 11, boundedFrom: 128 };

/**
 * An upper bound for the part of each posting in a score, in one byte (its impact). With it, the search reads the
 * frequencies and lengths only of pages that may be among the best. Bounds are computed when a segment is opened,
 * because they depend on the scoring parameters, which may change while the segment stays.
 *
 * The byte is 254 x f / (k1 + f), rounded up, with f = the field-weighted frequency (bm25f.ts) under this segment's own
 * average lengths.
 */
export interface Bounds {
  readonly windowBits: number;
  readonly windows: number;
  /** The bound of each posting. */
  readonly impacts: Uint8Array;
  /** Term -> row; absent for short lists. */
  readonly rows: ReadonlyMap<number, number>;
  /** Where each window begins in a list, at row * (windows + 1) + window. */
  readonly starts: Uint32Array;
  /** The greatest impact of a list in each window, at row * windows + window. */
  readonly greatest: Uint8Array;
  /** For each doc: 255 x popularity, rounded up. */
  readonly popularity: Uint8Array;
  /** The greatest popularity in each window. */
  readonly windowPopularity: Uint8Array;
  /** Popularity as a byte -> upper bound of its factor. The scorer's `total` is relevance x factor. */
  readonly lifts: Float64Array;
  /**
   * For each impact: the upper bound of what the posting adds to a score, divided by the scorer's `upper`. The bound
   * holds if the average lengths are `averages`.
   */
  readonly shares: (averages: readonly number[]) => Float64Array;
}

export function createBounds(segment: Segment, { windowBits, boundedFrom }: Grain = defaultGrain): Bounds {
  const { documents, docs, postingStart } = segment;
  const totals = fieldLengths(segment);
  const averages = totals.map((total) => Math.max(total, 1) / Math.max(documents, 1));
  const impacts = createImpacts(segment, averages);
  const windows = Math.max(1, Math.ceil(documents / 2 ** windowBits));
  const popularity = Uint8Array.from(segment.popularity, (share) => Math.ceil(share * 255));
  const windowPopularity = new Uint8Array(windows);
  for (let doc = 0; doc < documents; doc++) {
    const window = doc >>> windowBits;
    windowPopularity[window] = Math.max(windowPopularity[window]!, popularity[doc]!);
  }
  const { total } = scorer([], { documents, fieldLengths: totals, frequencies: [] });
  const lifts = Float64Array.from({ length: 256 }, (_, byte) => total(1, byte / 255));

  const rows = new Map<number, number>();
  for (let t = 0; t + 1 < postingStart.length; t++) {
    if (postingStart[t + 1]! - postingStart[t]! >= boundedFrom) rows.set(t, rows.size);
  }
  const starts = new Uint32Array(rows.size * (windows + 1));
  const greatest = new Uint8Array(rows.size * windows);
  for (const [t, row] of rows) {
    const end = postingStart[t + 1]!;
    for (let window = 0, p = postingStart[t]!; window < windows; window++) {
      starts[row * (windows + 1) + window] = p;
      let most = 0;
      for (const last = (window + 1) << windowBits; p < end && docs[p]! < last; p++)
        if (impacts[p]! > most) most = impacts[p]!;
      greatest[row * windows + window] = most;
    }
    starts[row * (windows + 1) + windows] = end;
  }

  let known = { stretch: 0, shares: new Float64Array(256) };
  return {
    windowBits,
    windows,
    impacts,
    rows,
    starts,
    greatest,
    popularity,
    windowPopularity,
    lifts,
    shares(asked) {
      // A field that is empty in this segment adds nothing, so its average does not matter.
      const stretch = Math.max(
        1,
        ...asked.map((average, field) => (totals[field] === 0 ? 1 : average / averages[field]!)),
      );
      if (stretch !== known.stretch) known = { stretch, shares: sharesOf(stretch) };
      return known.shares;
    },
  };
}

/** The number of terms in each field, over all docs. */
export function fieldLengths(segment: Segment): [number, number, number] {
  const totals: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < segment.lengths.length; i += 3) {
    totals[0] += segment.lengths[i]!;
    totals[1] += segment.lengths[i + 1]!;
    totals[2] += segment.lengths[i + 2]!;
  }
  return totals;
}

function createImpacts(segment: Segment, averages: readonly number[]): Uint8Array {
  const { docs, counts, lengths } = segment;
  const { k1, b, fieldWeights } = scoringParameters;
  const impacts = new Uint8Array(docs.length);
  const base = b.map((share) => 1 - share);
  const slope = b.map((share, field) => share / averages[field]!);
  const [baseBody, slopeBody, weightBody] = [base[2]!, slope[2]!, fieldWeights[2]];
  for (let p = 0; p < docs.length; p++) {
    const doc = docs[p]! * 3;
    let f = 0;
    if (counts[p]! <= maxBodyCount) f = (weightBody * counts[p]!) / (baseBody + slopeBody * lengths[doc + 2]!);
    else {
      const name = countOf(segment, p, 0);
      if (name > 0) f = fieldWeights[0] / (base[0]! + slope[0]! * nameLength(name));
      for (const i of [1, 2] as const)
        f += (fieldWeights[i] * countOf(segment, p, i)) / (base[i]! + slope[i]! * lengths[doc + i]!);
    }
    // The scale is 254, so that one step is left for rounding up. Rounding errors are far smaller than a step.
    impacts[p] = Math.min(255, 1 + Math.floor((254 * f) / (k1 + f)));
  }
  return impacts;
}

/**
 * The shares for other average lengths. Let `own` be the average length of a field in this segment, and r the new
 * average length of the field, divided by `own`. For r <= 1, f does not grow. For r >= 1, f grows at most by the factor
 * r, because
 *
 *     1 - b + b x length / (r x own) >= (1 - b + b x length / own) / r
 *
 * `stretch` is the greatest r, and at least 1.
 */
function sharesOf(stretch: number): Float64Array<ArrayBuffer> {
  return Float64Array.from({ length: 256 }, (_, impact) => {
    const share = impact / 254;
    // share = f / (k1 + f); f x stretch gives share x stretch / (1 - share + share x stretch).
    return share >= 1 ? 1 : (share * stretch) / (1 - share + share * stretch);
  });
}
