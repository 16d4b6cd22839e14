import type { Segment } from './segment.ts';

/**
 * Frequencies of one posting in 16 bits: body in the low 8, keywords and title 4 each. Text has few larger ones; they stand aside, and
 * `large` says so.
 *
 *     tttt kkkk bbbbbbbb
 */
export const large = 0xffff;

export function packCounts(title: number, keywords: number, body: number): number {
  if (title > 15 || keywords > 15 || body > 255) return large;
  // 15, 15, 255 gives all ones, which is `large`: it stands aside as well.
  return (title << 12) | (keywords << 8) | body;
}

export function titleCount(packed: number): number {
  return packed >>> 12;
}

export function keywordCount(packed: number): number {
  return (packed >>> 8) & 15;
}

export function bodyCount(packed: number): number {
  return packed & 255;
}

/** Frequency of posting `p` in `field`, whatever its size. */
export function countOf(segment: Segment, p: number, field: 0 | 1 | 2): number {
  const packed = segment.counts[p]!;
  if (packed === large) return segment.largeCounts[largeIndex(segment.largeAt, p) * 3 + field]!;
  return field === 2 ? bodyCount(packed) : field === 1 ? keywordCount(packed) : titleCount(packed);
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
