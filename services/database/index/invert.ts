import { large } from './packed-counts.ts';
import { positionStride, type Segment } from './segment.ts';

/**
 * Postings in the order of pages, as the builder collects them. Index g of every array belongs to posting g. The
 * positions of posting g end at `positionEnds[g]`.
 */
export interface Gathered {
  readonly terms: Uint32Array;
  readonly docs: Uint32Array;
  readonly counts: Uint16Array;
  readonly positionEnds: Uint32Array;
  readonly positionBytes: Uint8Array;
  /** Posting -> its three frequencies, when they do not fit into `counts`. */
  readonly large: ReadonlyMap<number, readonly number[]>;
}

type Postings = Pick<
  Segment,
  'postingStart' | 'docs' | 'counts' | 'largeAt' | 'largeCounts' | 'positionStart' | 'positionBytes'
>;

/** Sorts postings by term. Counting sort is stable, so the docs of each term stay in ascending order. */
export function invert(gathered: Gathered, termCount: number): Postings {
  const size = gathered.terms.length;
  const postingStart = new Uint32Array(termCount + 1);
  for (let g = 0; g < size; g++) postingStart[gathered.terms[g]! + 1]!++;
  for (let t = 0; t < termCount; t++) postingStart[t + 1]! += postingStart[t]!;

  const cursor = postingStart.slice();
  const origin = new Uint32Array(size);
  for (let g = 0; g < size; g++) origin[cursor[gathered.terms[g]!]!++] = g;

  const docs = new Uint32Array(size);
  const counts = new Uint16Array(size);
  const largeAt: number[] = [];
  const largeCounts: number[] = [];
  const positionStart = new Uint32Array(Math.ceil(size / positionStride));
  const positionBytes = new Uint8Array(gathered.positionBytes.length);
  let written = 0;
  for (let p = 0; p < size; p++) {
    const g = origin[p]!;
    docs[p] = gathered.docs[g]!;
    counts[p] = gathered.counts[g]!;
    if (counts[p] === large) {
      largeAt.push(p);
      largeCounts.push(...gathered.large.get(g)!);
    }
    if (p % positionStride === 0) positionStart[p / positionStride] = written;
    const end = gathered.positionEnds[g]!;
    for (let at = g === 0 ? 0 : gathered.positionEnds[g - 1]!; at < end; at++)
      positionBytes[written++] = gathered.positionBytes[at]!;
  }
  return {
    postingStart,
    docs,
    counts,
    largeAt: Uint32Array.from(largeAt),
    largeCounts: Uint32Array.from(largeCounts),
    positionStart,
    positionBytes,
  };
}
