import { analyse } from './text/analysis.ts';

/**
 * What a page is called. A page has one name (its title) or several ("car, auto, automobile"); the best one counts, not
 * all of them together. So the index keeps, for a term of a page, the length of the shortest name that holds it.
 *
 * The first name is the one that is mostly used: the others count as a quarter of a word longer. (Measured:
 * services/ranking/README.md.)
 */
const laterName = 0.25;
/** Names are counted up to so many words: 5 bits in the index. */
const countedWords = 31;
/** The greatest code that `nameCode` gives. */
export const maxNameCode = 2 * countedWords + 1;

/** A name's length as a small whole number that orders as lengths do; 0 stands for no name. */
export function nameCode(words: number, isFirst: boolean): number {
  return 2 * Math.min(words, countedWords) + (isFirst ? 0 : 1);
}

/** In words. */
export function nameLength(code: number): number {
  return (code >>> 1) + (code & 1) * laterName;
}

/** Longer names have no term of their own: nobody asks for them word by word. */
const maxNameWords = 16;

/** The term of a whole name, which stands in the index beside the terms of its words. No word holds "=". */
export function wholeName(words: readonly string[]): string | undefined {
  return words.length === 0 || words.length > maxNameWords ? undefined : `=${words.join(' ')}`;
}

/** The term of a category. It only says which pages belong to it. */
export function categoryTerm(category: string): string {
  return `#${analyse(category).words.join(' ')}`;
}

/** Whether a term stands for a word of a text, and not for a whole name or a category. */
export function isWordTerm(term: string): boolean {
  return !term.startsWith('=') && !term.startsWith('#');
}
