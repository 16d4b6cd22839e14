/** Sets of docs, one bit each. */
export type Bitset = Uint32Array<ArrayBuffer>;

export function bitset(size: number): Bitset {
  return new Uint32Array((size + 31) >>> 5);
}

export function setBit(set: Bitset, doc: number): void {
  set[doc >>> 5]! |= 1 << (doc & 31);
}

export function hasBit(set: Bitset, doc: number): boolean {
  return (set[doc >>> 5]! & (1 << (doc & 31))) !== 0;
}

export function unite(into: Bitset, other: Bitset): void {
  for (let i = 0; i < into.length; i++) into[i]! |= other[i]!;
}

export function intersect(into: Bitset, other: Bitset): void {
  for (let i = 0; i < into.length; i++) into[i]! &= other[i]!;
}

export function subtract(from: Bitset, other: Bitset): void {
  for (let i = 0; i < from.length; i++) from[i]! &= ~other[i]!;
}

/** How many bits are set (Warren, Hacker's Delight, 5-1). */
export function countBits(set: Bitset): number {
  let count = 0;
  for (let i = 0; i < set.length; i++) {
    let word = set[i]!;
    word -= (word >>> 1) & 0x55555555;
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
    count += Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return count;
}
