import { visitTerms } from '../../../search/text/analysis.ts';
import { categoryTerm, nameCode, wholeName } from '../../../search/names.ts';
import type { IndexedRow } from '../store.ts';
import { createGrouping } from './page-postings.ts';
import { createSegmentWriter } from './segment-writer.ts';
import { createNumbering } from './term-numbers.ts';
import { anchorStride, type Segment } from './segment.ts';

/** How many positions lie between two names or two keywords, so that no phrase matches across them. */
export const valueGap = 100;

export interface IndexBuilder {
  /** Rows must come in the order of their ids. */
  readonly add: (row: IndexedRow) => void;
  readonly finish: () => Segment;
  /** Word before stemming -> number of pages that hold it. */
  readonly vocabulary: () => Map<string, number>;
}

/** Inverts pages in memory. Building takes about three times the memory of the finished segment. */
export function createIndexBuilder(): IndexBuilder {
  const numbering = createNumbering();
  const grouping = createGrouping();
  const writer = createSegmentWriter();

  let offset = 0;
  let fieldLength = 0;
  let reach = 0;
  let nextAnchor = 0;
  let anchors: number[] = [];
  let field: 0 | 1 | 2 = 0;
  // The terms and words of the current name.
  let inName: number[] = [];
  let words: string[] = [];

  function visit(term: string, position: number, start: number, _end: number, word: string): void {
    fieldLength++;
    if (field === 2 && position >= nextAnchor) {
      anchors.push(position, start);
      nextAnchor = position + anchorStride;
    }
    reach = offset + position + 1;
    const number = numbering.termOf(word, term);
    grouping.add(number, field, offset + position);
    if (field !== 0) return;
    inName.push(number);
    words.push(word);
  }

  /** The number of terms in all `texts` of one field. */
  function read(into: 1 | 2, texts: readonly string[]): number {
    field = into;
    offset = reach = fieldLength = 0;
    for (const text of texts) {
      visitTerms(text, visit);
      offset = reach + valueGap;
    }
    return fieldLength;
  }

  /**
   * Indexes every name by its words and by a term of its own. Returns the length of the first name, because average
   * lengths count first names only.
   */
  function readNames(names: readonly string[]): number {
    field = 0;
    offset = 0;
    let firstLength = 0;
    for (const [i, name] of names.entries()) {
      fieldLength = reach = 0;
      inName = [];
      words = [];
      visitTerms(name, visit);
      const code = nameCode(fieldLength, i === 0);
      for (const term of inName) grouping.addName(term, code);
      const whole = wholeName(words);
      if (whole !== undefined) grouping.addName(numbering.numberOf(whole), nameCode(1, i === 0));
      if (i === 0) firstLength = fieldLength;
      offset = Math.max(offset, reach) + valueGap;
    }
    return firstLength;
  }

  return {
    add(row) {
      numbering.beginPage();
      grouping.begin();
      anchors = [];
      nextAnchor = anchorStride;
      const lengths = [readNames(row.names ?? [row.title]), read(1, row.keywords), read(2, [row.body])];
      // The category is indexed like a keyword. It adds no length, and no word of a query equals its term.
      if (row.category !== undefined) grouping.add(numbering.numberOf(categoryTerm(row.category)), 1, 0);
      writer.add({ number: row.number, lengths, popularity: row.popularity, anchors }, grouping);
    },
    finish: () => writer.finish(numbering.terms()),
    vocabulary: numbering.vocabulary,
  };
}
