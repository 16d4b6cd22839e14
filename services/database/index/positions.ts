import { bodyCount, countOf, keywordCount, large, titleCount } from './counts.ts';
import { positionStride, type Segment } from './segment.ts';

/** Reads positions of one term's postings, front to back; going on from the last posting is cheaper than from an anchor. */
export interface PositionReader {
  /** Positions of posting `p` in `field`, ascending; the array is used again by the next call. */
  readonly read: (p: number, field: 0 | 1 | 2) => readonly number[];
}

export function positionReader(segment: Segment): PositionReader {
  const { positionBytes, positionStart, counts } = segment;
  const positions: number[] = [];
  // The byte where posting `posting` begins.
  let posting = -1;
  let byte = 0;

  function seek(p: number): void {
    if (posting === -1 || posting > p || p - posting > p % positionStride) {
      posting = p - (p % positionStride);
      byte = positionStart[posting / positionStride]!;
    }
    for (; posting < p; posting++) {
      const packed = counts[posting]!;
      const numbers =
        packed === large
          ? countOf(segment, posting, 0) + countOf(segment, posting, 1) + countOf(segment, posting, 2)
          : titleCount(packed) + keywordCount(packed) + bodyCount(packed);
      byte = skip(byte, numbers);
    }
  }

  /** Past `numbers` LEB128 numbers: the last byte of each is below 128. */
  function skip(from: number, numbers: number): number {
    let at = from;
    for (let left = numbers; left > 0; at++) if (positionBytes[at]! < 128) left--;
    return at;
  }

  return {
    read(p, field) {
      seek(p);
      let at = byte;
      for (let before = 0; before < field; before++) at = skip(at, countOf(segment, p, before as 0 | 1));
      positions.length = countOf(segment, p, field);
      let position = 0;
      for (let i = 0; i < positions.length; i++) {
        let difference = 0;
        let shift = 0;
        for (;;) {
          const value = positionBytes[at++]!;
          difference |= (value & 127) << shift;
          if (value < 128) break;
          shift += 7;
        }
        position += difference;
        positions[i] = position;
      }
      return positions;
    },
  };
}
