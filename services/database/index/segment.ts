/**
 * The inverted index of one shard. It consists of plain typed arrays, so that a checkpoint has the layout of the
 * memory, and loading it decodes nothing.
 *
 *     term "dog" --hash--> slot --> t         postingStart[t] .. postingStart[t + 1] = its postings
 *
 *     posting p        docs[p]    counts[p]                  positions, 1 in `positionStride` anchored in positionStart
 *                      3          name of 1 word, body 2       (title) one: 0  (body) 4 +3
 *                      17         body 1                       (body) 9
 *
 * Whole names and categories are terms, too: "=domestic dog", "#noun animal" (search/names.ts).
 *
 * `doc` numbers the pages of the segment in the order of their ids, so pages with equal scores are in the order of ids.
 * A segment never changes.
 */
export interface Segment {
  /** The number of pages. */
  readonly documents: number;
  /** doc -> the page's number in the store. */
  readonly numbers: Uint32Array;
  /** doc * 3 + field -> number of terms in that field. The title field counts the first name only. */
  readonly lengths: Uint32Array;
  readonly popularity: Float64Array;
  /** UTF-8 of all terms, one after the other; term t = bytes termStart[t] .. termStart[t + 1]. */
  readonly termBytes: Uint8Array;
  readonly termStart: Uint32Array;
  /** Open-addressing hash table of term numbers + 1; 0 = free. Its size is a power of two. */
  readonly termSlots: Uint32Array;
  readonly postingStart: Uint32Array;
  /** The doc of each posting; ascending within a term. */
  readonly docs: Uint32Array;
  /** For each posting: its name code and its counts in keywords and body, packed (packed-counts.ts). */
  readonly counts: Uint16Array;
  /** Postings whose counts do not fit: their indexes, ascending. `largeCounts` has three numbers for each. */
  readonly largeAt: Uint32Array;
  readonly largeCounts: Uint32Array;
  /** Byte offset of the positions of posting 0, 16, 32, ... */
  readonly positionStart: Uint32Array;
  /** For each posting and field: LEB128 differences of ascending positions. In the title their number comes first. */
  readonly positionBytes: Uint8Array;
  /**
   * The anchors of doc: anchorStart[doc] .. anchorStart[doc + 1]. Each is a pair: a position, and its place in the body
   * in UTF-16 code units.
   */
  readonly anchorStart: Uint32Array;
  readonly anchors: Uint32Array;
}

/**
 * How many positions lie between two anchors of a body. At most this many words must be read to convert a position to a
 * place in the text.
 */
export const anchorStride = 64;

/**
 * One posting in 16 has an anchor into `positionBytes`. This costs 0.25 bytes per posting, and a reader skips 8
 * postings on average.
 */
export const positionStride = 16;

/**
 * The arrays of a segment in the order of the checkpoint. Wider elements come first, so that all arrays are aligned.
 */
export const segmentArrays = {
  popularity: Float64Array,
  numbers: Uint32Array,
  lengths: Uint32Array,
  termStart: Uint32Array,
  termSlots: Uint32Array,
  postingStart: Uint32Array,
  docs: Uint32Array,
  largeAt: Uint32Array,
  largeCounts: Uint32Array,
  positionStart: Uint32Array,
  anchorStart: Uint32Array,
  anchors: Uint32Array,
  counts: Uint16Array,
  termBytes: Uint8Array,
  positionBytes: Uint8Array,
} as const;

export function segmentBytes(segment: Segment): number {
  return Object.keys(segmentArrays).reduce(
    (sum, name) => sum + segment[name as keyof typeof segmentArrays].byteLength,
    0,
  );
}
