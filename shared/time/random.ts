/** Randomness as a parameter: the same seed gives the same run. */
export interface Random {
  /** A uniform draw from [0, 1). */
  next(): number;
}

/** The operating system's randomness. Used at the process edge only. */
export const systemRandom: Random = { next: () => Math.random() };

/**
 * A seeded generator (sfc32 by Chris Doty-Humphrey, from PractRand). A hash of the seed fills its state.
 * Not for secrets.
 */
export function seededRandom(seed: number | string): Random {
  const text = String(seed);
  let a = hash32(text, 1);
  let b = hash32(text, 2);
  let c = hash32(text, 3);
  let d = 1;
  const random: Random = {
    next() {
      const t = (((a + b) | 0) + d) | 0;
      d = (d + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (c << 21) | (c >>> 11);
      c = (c + t) | 0;
      return (t >>> 0) / 4_294_967_296;
    },
  };
  for (let i = 0; i < 12; i++) random.next();
  return random;
}

/** A 32-bit hash of a string: FNV-1a over UTF-16 code units, finished with MurmurHash3's mixer. Unsigned. */
export function hash32(text: string, seed = 0): number {
  let h = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
