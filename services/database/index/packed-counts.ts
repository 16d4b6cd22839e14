import { maxNameCode } from '../../../search/names.ts';
import type { Segment } from './segment.ts';

/**
 * A posting packs three numbers into 16 bits: the code of the shortest name that holds the term (search/names.ts), the
 * count in the keywords, and the count in the body. Greater counts are rare. They are stored elsewhere, and the posting
 * has the value `large`.
 *
 *     nnnnnn kkk bbbbbbb
 */
export const large = 0xffff;
/** A packed value up to this is a body count alone: the term is only in the body. */
export const maxBodyCount = 127;
const maxKeywordCount = 7;

export function packCounts(name: number, keywords: number, body: number): number {
  if (keywords > maxKeywordCount || body > maxBodyCount) return large;
  // When all three numbers are the greatest, the result equals `large`, so they are stored elsewhere, too.
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

/** The number of posting `p` for `field`, packed or large. For the title it is the code of a name. */
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
