import { visitTerms } from '../../../search/text/analysis.ts';
import type { IndexedRow } from '../store.ts';
import { large, packCounts } from './counts.ts';
import { buildDictionary } from './dictionary.ts';
import { createGrouping } from './grouping.ts';
import { growable } from './growable.ts';
import { invert } from './invert.ts';
import { createNumbering } from './numbering.ts';
import { anchorStride, type Segment } from './segment.ts';

/** Positions between two keywords: no phrase runs from one into the next. */
export const keywordGap = 100;

export interface IndexBuilder {
  /** Rows must come in the order of their ids. */
  readonly add: (row: IndexedRow) => void;
  readonly finish: () => Segment;
  /** Surface word -> number of pages that hold it. */
  readonly vocabulary: () => Map<string, number>;
}

/** Inverts pages in memory. Takes about three times the finished segment while it lasts. */
export function createIndexBuilder(): IndexBuilder {
  const numbering = createNumbering();
  const grouping = createGrouping();
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

  let offset = 0;
  let fieldLength = 0;
  let reach = 0;
  let nextAnchor = 0;
  let field: 0 | 1 | 2 = 0;

  function visit(term: string, position: number, start: number, _end: number, word: string): void {
    fieldLength++;
    if (field === 2 && position >= nextAnchor) {
      anchors.push(position);
      anchors.push(start);
      nextAnchor = position + anchorStride;
    }
    reach = offset + position + 1;
    grouping.add(numbering.termOf(word, term), field, offset + position);
  }

  /** The number of terms in all `texts` of one field. */
  function read(into: 0 | 1 | 2, texts: readonly string[]): number {
    field = into;
    offset = reach = fieldLength = 0;
    for (const text of texts) {
      visitTerms(text, visit);
      offset = reach + keywordGap;
    }
    return fieldLength;
  }

  function post(doc: number): void {
    for (let slot = 0; slot < grouping.size(); slot++) {
      const [title, keywords, body] = [grouping.count(slot, 0), grouping.count(slot, 1), grouping.count(slot, 2)];
      const packed = packCounts(title, keywords, body);
      if (packed === large) largeOnes.set(terms.length(), [title, keywords, body]);
      terms.push(grouping.term(slot));
      docs.push(doc);
      counts.push(packed);
      grouping.writePositions(slot, positionBytes.push);
      positionEnds.push(positionBytes.length());
    }
  }

  return {
    add(row) {
      const doc = numbers.length();
      numbering.beginPage();
      grouping.begin();
      anchorStart.push(anchors.length());
      nextAnchor = anchorStride;
      lengths.push(read(0, [row.title]));
      lengths.push(read(1, row.keywords));
      lengths.push(read(2, [row.body]));
      numbers.push(row.number);
      popularity.push(row.popularity);
      post(doc);
    },
    finish() {
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
        ...buildDictionary(numbering.terms()),
        ...invert(gathered, numbering.terms().length),
      };
    },
    vocabulary: numbering.vocabulary,
  };
}
