import { isInvisible } from './invisible.ts';
import { unspacedTerms } from './unspaced.ts';
import { normaliseWord, type NormalisedWord } from './words.ts';

/**
 * Words longer than this are cut, in pages and queries alike: nobody types them, and an index should not hold base64.
 */
export const maxWordLength = 64;

/**
 * Sees one term. `position` counts words from 0 and never falls; two terms may share one (a character and the pair that
 * it begins, in scripts without spaces). `start` and `end` = where it stands in the text, in UTF-16 code units. `word`
 * = the normalised word before stemming. True stops the reading.
 */
export type Visit = (term: string, position: number, start: number, end: number, word: string) => boolean | void;

/** The terms of a text, one after the other; the arrays run alike. */
export interface Analysis {
  readonly terms: readonly string[];
  readonly positions: readonly number[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly words: readonly string[];
}

/**
 * Reads `text` as terms: the one analysis of pages and queries, so that what is written alike is found alike. Stop
 * words are kept.
 *
 *     "Café-owners' dogs 🐕"  ->  cafe 0, owner 1, dog 2, 🐕 3
 *     "東京都"                 ->  東 0, 東京 0, 京 1, 京都 1, 都 2
 *
 * Words are runs of letters, digits and combining marks (UAX #29 in spirit), joined by inner apostrophes, parted by
 * hyphens.
 */
export function visitTerms(text: string, visit: Visit): void {
  let position = 0;
  /** The first position of the block, so that several line breaks make one gap. */
  let block = 0;
  const afterBlock = () => (position === block ? position : (block = position + blockGap));
  let at = 0;
  const length = text.length;
  while (at < length) {
    const code = text.charCodeAt(at);
    if (code < 128 && !isAsciiWord(code)) {
      if (isBlockEnd(code)) position = afterBlock();
      at++;
      continue;
    }
    let end = at + 1;
    while (end < length && isAsciiWord(text.charCodeAt(end))) end++;
    // Most words are plain ASCII up to here; an apostrophe or anything beyond ASCII is for the full pattern.
    const plain = code < 128 && (end === length || endsPlainWord(text.charCodeAt(end)));
    if (plain) {
      const { term, word } = lookUp(text.slice(at, Math.min(end, at + maxWordLength)));
      if (visit(term, position++, at, end, word) === true) return;
      at = end;
      continue;
    }
    wordPattern.lastIndex = at;
    const match = wordPattern.exec(text);
    if (match === null) return;
    const [raw] = match;
    const start = match.index;
    for (; at < start; at++) if (isBlockEnd(text.charCodeAt(at))) position = afterBlock();
    end = at = start + raw.length;
    if (match[1] !== undefined) {
      const units = unspacedTerms(raw);
      for (const unit of units.terms) {
        const at = position + unit.position;
        if (visit(unit.term, at, start + unit.start, start + unit.end, unit.term) === true) return;
      }
      position += units.count;
      continue;
    }
    const { term, word } = lookUp(raw.length > maxWordLength ? raw.slice(0, maxWordLength).toWellFormed() : raw);
    if (term !== '' && visit(term, position++, start, end, word) === true) return;
  }
}

/** As `visitTerms`, collected. */
export function analyse(text: string): Analysis {
  const analysis = {
    terms: [] as string[],
    positions: [] as number[],
    starts: [] as number[],
    ends: [] as number[],
    words: [] as string[],
  };
  visitTerms(text, (term, position, start, end, word) => {
    analysis.terms.push(term);
    analysis.positions.push(position);
    analysis.starts.push(start);
    analysis.ends.push(end);
    analysis.words.push(word);
  });
  return analysis;
}

/**
 * Positions between two blocks, so that no phrase runs from a heading into the text below it. A line break ends a block
 * (a paragraph, a heading, a list item), a tab ends a cell of a table.
 */
export const blockGap = 8;
function isBlockEnd(code: number): boolean {
  return code === 10 || code === 9 || code === 0x2028 || code === 0x2029;
}

const unspaced = String.raw`[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]`;
const pictograph = String.raw`(?![©®™])\p{Extended_Pictographic}\p{Emoji_Modifier}?\uFE0F?`;
const letter = String.raw`(?!\p{Default_Ignorable_Code_Point})[\p{L}\p{N}]`;
const attached = String.raw`(?:\p{M}|${isInvisible})*`;
/** 1: a run of a script without spaces; 2: an emoji, with its joined parts; else a word. */
const wordPattern = new RegExp(
  [
    String.raw`((?:(?=${unspaced})${letter}${attached})+)`,
    String.raw`(\p{Regional_Indicator}{2}|${pictograph}(?:\u200D${pictograph})*)`,
    String.raw`(?:(?!${unspaced})${letter}${attached})+(?:['\u2019\u00B7\u2027\u05F3\u05F4](?:(?!${unspaced})${letter}${attached})+)*`,
  ].join('|'),
  'gu',
);

function isAsciiWord(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57);
}

/** An ASCII character that no word goes on after: everything but the apostrophe. */
function endsPlainWord(code: number): boolean {
  return code < 128 && code !== 39;
}

/** Raw words met so far. Bounded: emptied when full, which changes the speed and never the answer. */
const memo = new Map<string, NormalisedWord>();
const memoSize = 200_000;

function lookUp(raw: string): NormalisedWord {
  const known = memo.get(raw);
  if (known !== undefined) return known;
  // A slice keeps its whole text in memory (V8): remember a copy.
  const key = ` ${raw}`.slice(1);
  const normalised = normaliseWord(key);
  if (memo.size >= memoSize) memo.clear();
  memo.set(key, normalised);
  return normalised;
}
