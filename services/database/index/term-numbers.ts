import { growable } from './growable-array.ts';

/** Numbers the terms, and counts for each word before stemming how many pages hold it. */
export interface Numbering {
  readonly beginPage: () => void;
  /** The number of `term`, the stem of `word`. Counts the word once per page. */
  readonly termOf: (word: string, term: string) => number;
  /** The number of a term that is not a word, such as a whole name. */
  readonly numberOf: (term: string) => number;
  readonly terms: () => readonly string[];
  /** Word before stemming -> number of pages that hold it. */
  readonly vocabulary: () => Map<string, number>;
}

export function createNumbering(): Numbering {
  const terms: string[] = [];
  const termNumbers = new Map<string, number>();
  // A word always has the same term. So each token costs one lookup by word, and the term is looked up once per word.
  const words = new Map<string, number>();
  const termByWord = growable(Uint32Array);
  let pages: number[] = [];
  let seenOn: number[] = [];
  let page = 0;

  function numberTerm(term: string): number {
    const known = termNumbers.get(term);
    if (known !== undefined) return known;
    termNumbers.set(term, terms.length);
    return terms.push(term) - 1;
  }

  return {
    beginPage: () => void page++,
    termOf(word, term) {
      let number = words.get(word);
      if (number === undefined) {
        number = words.size;
        words.set(word, number);
        termByWord.push(numberTerm(term));
        pages.push(0);
        seenOn.push(0);
      }
      if (seenOn[number] !== page) {
        seenOn[number] = page;
        pages[number]!++;
      }
      return termByWord.at(number);
    },
    numberOf: numberTerm,
    terms: () => terms,
    vocabulary: () => new Map([...words].map(([word, number]) => [word, pages[number]!])),
  };
}
