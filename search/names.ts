import { analyse } from './text/analysis.ts';

/**
 * The names of a page. A page has one name (its title) or several ("car, auto, automobile"). Only the best name counts,
 * not all of them together. So the index stores, for each term of a page, the length of the shortest name that holds
 * the term.
 *
 * The first name is the usual one. The other names count as a quarter of a word longer. services/ranking/README.md says
 * how this number was measured.
 */
const laterName = 0.25;
/** A longer name counts as this many words, because the index has 5 bits for the number. */
const countedWords = 31;
/** The greatest code that `nameCode` gives. */
export const maxNameCode = 2 * countedWords + 1;

/** The code of a name's length: a small integer in the same order as the lengths. 0 = no name. */
export function nameCode(words: number, isFirst: boolean): number {
  return 2 * Math.min(words, countedWords) + (isFirst ? 0 : 1);
}

/** The length that a code stands for, in words. */
export function nameLength(code: number): number {
  return (code >>> 1) + (code & 1) * laterName;
}

/** Longer names have no term of their own, because nobody types them in full. */
const maxNameWords = 16;

/**
 * The term of a whole name. The index holds it beside the terms of the words. No word contains "=", so no word can
 * equal it.
 */
export function wholeName(words: readonly string[]): string | undefined {
  return words.length === 0 || words.length > maxNameWords ? undefined : `=${words.join(' ')}`;
}

/** The term of a category. It selects the pages of the category and adds nothing to a score. */
export function categoryTerm(category: string): string {
  return `#${analyse(category).words.join(' ')}`;
}

/** True for the term of a word; false for the term of a whole name or of a category. */
export function isWordTerm(term: string): boolean {
  return !term.startsWith('=') && !term.startsWith('#');
}
