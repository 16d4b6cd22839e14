/**
 * The inverted index of one shard: plain typed arrays, so that a checkpoint is the memory itself and nothing is decoded
 * to search.
 *
 *     term "dog" --hash--> slot --> t         postingStart[t] .. postingStart[t + 1] = its postings
 *
 *     posting p        docs[p]    counts[p]                    positions, 1 in `positionStride` anchored in positionStart
 *                      3          name of 1 word, body 2       (title) one: 0  (body) 4 +3
 *                      17         body 1                       (body) 9
 *
 * Whole names and categories are terms as well: "=domestic dog", "#animal" (search/names.ts).
 *
 * `doc` numbers the pages of the segment in the order of their ids: equal scores then come out in id order by
 * themselves. A segment never changes.
 */
export interface Segment {
  /** Pages. */
  readonly documents: number;
  /** doc -> the page's number in the store. */
  readonly numbers: Uint32Array;
  /** doc * 3 + field -> terms in that field; of the title, in the first name. */
  readonly lengths: Uint32Array;
  readonly popularity: Float64Array;
  /** UTF-8 of all terms, one after the other; term t = bytes termStart[t] .. termStart[t + 1]. */
  readonly termBytes: Uint8Array;
  readonly termStart: Uint32Array;
  /** Open-addressing hash table of term numbers + 1; 0 = free. Its size is a power of two. */
  readonly termSlots: Uint32Array;
  readonly postingStart: Uint32Array;
  /** Ascending within a term. */
  readonly docs: Uint32Array;
  /** Name, and counts in keywords and body, packed (packed-counts.ts). */
  readonly counts: Uint16Array;
  /** Postings whose counts do not fit: their numbers, ascending, and the three numbers of each. */
  readonly largeAt: Uint32Array;
  readonly largeCounts: Uint32Array;
  /** Byte offset of the positions of posting 0, 16, 32, ... */
  readonly positionStart: Uint32Array;
  /** Per posting, per field: LEB128 differences between ascending positions; in the title their number comes first. */
  readonly positionBytes: Uint8Array;
  /**
   * Anchors of doc: anchorStart[doc] .. anchorStart[doc + 1], a pair of position and place in the body (UTF-16 code
   * units) each.
   */
  readonly anchorStart: Uint32Array;
  readonly anchors: Uint32Array;
}

/**
 * Positions of a body between two anchors into its text: so many words must be read at most to get from a position to
 * its place.
 */
export const anchorStride = 64;

/**
 * One in so many postings has an anchor into `positionBytes`: 0.25 bytes a posting, and 8 postings to skip on average.
 */
export const positionStride = 16;

/** The arrays of a segment in the order of the checkpoint; wider elements first, so that all stay aligned. */
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
