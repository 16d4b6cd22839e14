import { stemmer } from 'stemmer';
import { foldLetters } from './fold.ts';
import { isInvisible } from './invisible.ts';

export interface NormalisedWord {
  /** The word in one form: NFKC, lower case, folded letters, no possessive. For the vocabulary and suggestions. */
  readonly word: string;
  /**
   * The term in the index: the stem of a Latin word (Porter 1980), or any other word itself. Empty when no character is
   * left.
   */
  readonly term: string;
}

/** Normalises one raw word. */
export function normaliseWord(raw: string): NormalisedWord {
  if (/^[a-z0-9]+$/.test(raw)) return { word: raw, term: stem(raw) };
  const word = foldLetters(raw.replaceAll(dropped, '').normalize('NFKC').toLowerCase())
    .replace(/['\u2019]s$/, '')
    .replaceAll(innerMarks, '');
  return { word, term: stem(word) };
}

/**
 * Characters that are dropped: invisible ones except the joiner of an emoji, skin tones, keycaps, and tatweel, which
 * only stretches a word.
 */
const dropped = new RegExp(
  String.raw`(?!(?<=\p{Extended_Pictographic}\p{Emoji_Modifier}?\uFE0F?)\u200D)${isInvisible}` +
    String.raw`|\u20E3|\u0640|\p{Emoji_Modifier}`,
  'gu',
);
/** Characters that join the parts of one word: apostrophes, the Catalan dot, Hebrew geresh and gershayim. */
const innerMarks = /['\u2019\u00B7\u2027\u05F3\u05F4]/gu;

/** Porter's stem of a Latin word. Other words and words with digits stay as they are. */
export function stem(word: string): string {
  return /^[a-z]+$/.test(word) ? stemmer(word) : word;
}
