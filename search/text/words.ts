import { stemmer } from 'stemmer';

export interface NormalisedWord {
  /** As people write it, in one form: NFKC, lower case, Latin without accents, no possessive. For vocabulary and suggestions. */
  readonly word: string;
  /** What is indexed: the word's stem (Porter 1980) where it is Latin, else the word. Empty where nothing is left. */
  readonly term: string;
}

/** Brings one raw word into the form that is compared. */
export function normaliseWord(raw: string): NormalisedWord {
  if (/^[a-z0-9]+$/.test(raw)) return { word: raw, term: stem(raw) };
  const folded = foldLatin(raw.normalize('NFKC').toLowerCase()).normalize('NFKC');
  const word = folded
    .replace(/['\u2019]s$/, '')
    // Variation selectors, skin tones and joiners after letters do not make another word.
    .replaceAll(/['\u2019]|\u200C|\uFE0E|\uFE0F|\u20E3|\p{Emoji_Modifier}|(?<!\p{Extended_Pictographic})\u200D/gu, '');
  return { word, term: stem(word) };
}

/** Porter's stem of a Latin word; other words, and those with digits, stay as they are. */
export function stem(word: string): string {
  return /^[a-z]+$/.test(word) ? stemmer(word) : word;
}

export interface UnspacedTerms {
  readonly terms: readonly {
    readonly term: string;
    readonly position: number;
    readonly start: number;
    readonly end: number;
  }[];
  /** How many positions the run takes: its characters. */
  readonly count: number;
  /** True where `start` and `end` count code units of the raw run. */
  readonly exact: boolean;
}

/**
 * A run of a script without spaces as characters and overlapping pairs, both at the character's position: pairs are nearly as good as
 * words for retrieval and need no dictionary (Nie, Gao, Zhang & Zhou 2000), characters let a query of one find something.
 */
export function unspacedTerms(run: string): UnspacedTerms {
  const normal = run.normalize('NFKC').toLowerCase();
  const units = [...normal.matchAll(/\P{M}\p{M}*/gu)];
  const terms = units.flatMap((unit, position) => {
    const start = unit.index;
    const single = { term: unit[0], position, start, end: start + unit[0].length };
    const next = units[position + 1];
    if (next === undefined) return [single];
    return [single, { term: unit[0] + next[0], position, start, end: next.index + next[0].length }];
  });
  return { terms, count: units.length, exact: normal.length === run.length };
}

/** é -> e, but only on Latin letters: elsewhere the marks are vowels (Devanagari) or tell words apart. */
function foldLatin(text: string): string {
  return text.normalize('NFD').replaceAll(/(?<=\p{Script=Latin}\p{M}*)\p{Mn}/gu, '');
}
