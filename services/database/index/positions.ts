import { bodyCount, countOf, keywordCount, large, nameCodeOf } from './packed-counts.ts';
import { positionStride, type Segment } from './segment.ts';

/**
 * Reads positions of one term's postings in ascending order. To continue from the last posting is cheaper than to start
 * at an anchor.
 */
export interface PositionReader {
  /** Positions of posting `p` in `field`, ascending. The next call reuses the array. */
  readonly read: (p: number, field: 0 | 1 | 2) => readonly number[];
}

export function positionReader(segment: Segment): PositionReader {
  const { positionBytes, positionStart, counts } = segment;
  const positions: number[] = [];
  // The byte where posting `posting` begins.
  let posting = -1;
  let byte = 0;
  // The byte after the last number that was read.
  let end = 0;

  function seek(p: number): void {
    if (posting === -1 || posting > p || p - posting > p % positionStride) {
      posting = p - (p % positionStride);
      byte = positionStart[posting / positionStride]!;
    }
    for (; posting < p; posting++) {
      const packed = counts[posting]!;
      const isLarge = packed === large;
      const name = isLarge ? countOf(segment, posting, 0) : nameCodeOf(packed);
      const keywords = isLarge ? countOf(segment, posting, 1) : keywordCount(packed);
      const body = isLarge ? countOf(segment, posting, 2) : bodyCount(packed);
      if (name > 0) byte = skipTitle(byte);
      byte = skip(byte, keywords + body);
    }
  }

  /**
   * The title positions are preceded by their number, because the posting's value for the title is a name code, not a
   * count.
   */
  function skipTitle(from: number): number {
    const number = readNumber(from);
    return skip(end, number);
  }

  /** Skips `numbers` LEB128 numbers. The last byte of each is below 128. */
  function skip(from: number, numbers: number): number {
    let at = from;
    for (let left = numbers; left > 0; at++) if (positionBytes[at]! < 128) left--;
    return at;
  }

  function readNumber(from: number): number {
    let number = 0;
    end = from;
    for (let shift = 0; ; shift += 7) {
      const value = positionBytes[end++]!;
      number |= (value & 127) << shift;
      if (value < 128) return number;
    }
  }

  return {
    read(p, field) {
      seek(p);
      let number = countOf(segment, p, field);
      end = byte;
      if (field === 0) number = number === 0 ? 0 : readNumber(byte);
      else {
        if (countOf(segment, p, 0) > 0) end = skipTitle(end);
        if (field === 2) end = skip(end, countOf(segment, p, 1));
      }
      positions.length = number;
      let position = 0;
      for (let i = 0; i < number; i++) {
        position += readNumber(end);
        positions[i] = position;
      }
      return positions;
    },
  };
}
