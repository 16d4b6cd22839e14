import { buildDictionary } from './dictionary.ts';
import { growable } from './growable-array.ts';
import { invert } from './invert.ts';
import { large, packCounts } from './packed-counts.ts';
import type { Grouping } from './page-postings.ts';
import type { Segment } from './segment.ts';

/** The facts of one page that do not depend on a term. */
export interface PageFacts {
  /** The page's number in the store. */
  readonly number: number;
  /** The numbers of terms in the first name, the keywords and the body. */
  readonly lengths: readonly number[];
  readonly popularity: number;
  /** Pairs: a position, and its place in the body (segment.ts). */
  readonly anchors: readonly number[];
}

export interface SegmentWriter {
  /** Pages must come in the order of their ids. `grouping` holds the occurrences of the page. */
  readonly add: (facts: PageFacts, grouping: Grouping) => void;
  /** `terms[t]` is the term with the number t of the groupings. */
  readonly finish: (terms: readonly string[]) => Segment;
}

/** Collects the postings of pages, and turns them into a segment. */
export function createSegmentWriter(): SegmentWriter {
  const numbers = growable(Uint32Array);
  const lengths = growable(Uint32Array);
  const popularity: number[] = [];
  const terms = growable(Uint32Array);
  const docs = growable(Uint32Array);
  const counts = growable(Uint16Array);
  const positionEnds = growable(Uint32Array);
  const positionBytes = growable(Uint8Array);
  const anchorStart = growable(Uint32Array);
  const anchors = growable(Uint32Array);
  const largeOnes = new Map<number, readonly number[]>();

  return {
    add(facts, grouping) {
      const doc = numbers.length();
      anchorStart.push(anchors.length());
      for (const anchor of facts.anchors) anchors.push(anchor);
      for (const length of facts.lengths) lengths.push(length);
      numbers.push(facts.number);
      popularity.push(facts.popularity);
      for (let slot = 0; slot < grouping.size(); slot++) {
        const [name, keywords, body] = [grouping.name(slot), grouping.count(slot, 1), grouping.count(slot, 2)];
        const packed = packCounts(name, keywords, body);
        if (packed === large) largeOnes.set(terms.length(), [name, keywords, body]);
        terms.push(grouping.term(slot));
        docs.push(doc);
        counts.push(packed);
        grouping.writePositions(slot, positionBytes.push);
        positionEnds.push(positionBytes.length());
      }
    },
    finish(names) {
      anchorStart.push(anchors.length());
      const gathered = {
        terms: terms.values(),
        docs: docs.values(),
        counts: counts.values(),
        positionEnds: positionEnds.values(),
        positionBytes: positionBytes.values(),
        large: largeOnes,
      };
      return {
        documents: numbers.length(),
        numbers: numbers.values().slice(),
        lengths: lengths.values().slice(),
        popularity: Float64Array.from(popularity),
        anchorStart: anchorStart.values().slice(),
        anchors: anchors.values().slice(),
        ...buildDictionary(names),
        ...invert(gathered, names.length),
      };
    },
  };
}
