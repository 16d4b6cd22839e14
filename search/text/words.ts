import { stemmer } from 'stemmer';
import { foldLetters } from './fold.ts';
import { innerMark } from './inner-marks.ts';
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
  // NFKC would replace the acute accent, which many people type as an apostrophe, by a space and a mark.
  const plain = raw.replaceAll(dropped, '').replaceAll('\u00B4', "'").normalize('NFKC').toLowerCase();
  const word = foldLetters(plain.replace(possessive, '').replaceAll(innerMarks, ''));
  return { word, term: stem(word) };
}

/**
 * Characters that are dropped: skin tones, keycaps, tatweel (which only stretches a word), and invisible characters
 * except the joiner of an emoji.
 */
const dropped = new RegExp(
  String.raw`(?!(?<=\p{Extended_Pictographic}\p{Emoji_Modifier}?\uFE0F?)\u200D)${isInvisible}` +
    String.raw`|\u20E3|\u0640|\p{Emoji_Modifier}`,
  'gu',
);
const innerMarks = new RegExp(innerMark, 'gu');
const possessive = /['\u02BC\u2018\u2019]s$/;

/** Porter's stem of a Latin word. Other words and words with digits stay as they are. */
export function stem(word: string): string {
  return /^[a-z]+$/.test(word) ? stemmer(word) : word;
}
