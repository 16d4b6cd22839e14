import { stemmer } from 'stemmer';
import { foldLetters } from './fold.ts';
import { isInvisible } from './invisible.ts';

export interface NormalisedWord {
  /**
   * As people write it, in one form: NFKC, lower case, letters folded, no possessive. For vocabulary and suggestions.
   */
  readonly word: string;
  /** What is indexed: the word's stem (Porter 1980) where it is Latin, else the word. Empty where nothing is left. */
  readonly term: string;
}

/** Brings one raw word into the form that is compared. */
export function normaliseWord(raw: string): NormalisedWord {
  if (/^[a-z0-9]+$/.test(raw)) return { word: raw, term: stem(raw) };
  const word = foldLetters(raw.replaceAll(dropped, '').normalize('NFKC').toLowerCase())
    .replace(/['\u2019]s$/, '')
    .replaceAll(innerMarks, '');
  return { word, term: stem(word) };
}

/**
 * Invisible characters, save the joiner of an emoji's parts. Skin tones and keycaps do not make another word. Tatweel
 * only stretches.
 */
const dropped = new RegExp(
  String.raw`(?!(?<=\p{Extended_Pictographic}\p{Emoji_Modifier}?\uFE0F?)\u200D)${isInvisible}|\u20E3|\u0640|\p{Emoji_Modifier}`,
  'gu',
);
/** What joins the parts of one word: apostrophes, the Catalan dot, Hebrew geresh and gershayim. */
const innerMarks = /['\u2019\u00B7\u2027\u05F3\u05F4]/gu;

/** Porter's stem of a Latin word; other words, and those with digits, stay as they are. */
export function stem(word: string): string {
  return /^[a-z]+$/.test(word) ? stemmer(word) : word;
}
