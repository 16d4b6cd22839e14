import { maxNameCode } from '../../../search/names.ts';
import type { Segment } from './segment.ts';

/**
 * What one posting says of its page, in 16 bits: the code of the shortest name that holds the term (search/names.ts),
 * its count in the keywords, its count in the body. Text has few greater counts; they stand aside, and `large` says so.
 *
 *     nnnnnn kkk bbbbbbb
 */
export const large = 0xffff;
/** What packs into the body's bits alone: the term stands nowhere else. */
export const maxBodyCount = 127;
const maxKeywordCount = 7;

export function packCounts(name: number, keywords: number, body: number): number {
  if (keywords > maxKeywordCount || body > maxBodyCount) return large;
  // The greatest of all three give all ones, which is `large`: they stand aside as well.
  return (Math.min(name, maxNameCode) << 10) | (keywords << 7) | body;
}

export function nameCodeOf(packed: number): number {
  return packed >>> 10;
}

export function keywordCount(packed: number): number {
  return (packed >>> 7) & maxKeywordCount;
}

export function bodyCount(packed: number): number {
  return packed & maxBodyCount;
}

/** What posting `p` says of `field`, whatever its size; of the title it is the code of a name. */
export function countOf(segment: Segment, p: number, field: 0 | 1 | 2): number {
  const packed = segment.counts[p]!;
  if (packed === large) return segment.largeCounts[largeIndex(segment.largeAt, p) * 3 + field]!;
  return field === 2 ? bodyCount(packed) : field === 1 ? keywordCount(packed) : nameCodeOf(packed);
}

function largeIndex(largeAt: Uint32Array, p: number): number {
  let low = 0;
  let high = largeAt.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (largeAt[middle]! < p) low = middle + 1;
    else high = middle;
  }
  return low;
}
