import { innerMark } from './inner-marks.ts';
import { isInvisible } from './invisible.ts';
import { unspacedTerms } from './unspaced.ts';
import { normaliseWord, type NormalisedWord } from './words.ts';

/** Longer words are cut, in pages and in queries. Nobody types such words, and base64 must not fill the index. */
export const maxWordLength = 64;

/**
 * Called for each term of a text. `position` counts words from 0 and never decreases. In scripts without spaces, a
 * character and the pair that begins with it share a position. `start` and `end` = the place of the term in the text,
 * in UTF-16 code units. `word` = the normalised word before stemming. Return true to stop.
 */
export type Visit = (term: string, position: number, start: number, end: number, word: string) => boolean | void;

/** The terms of a text in order. Index i of every array belongs to term i. */
export interface Analysis {
  readonly terms: readonly string[];
  readonly positions: readonly number[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly words: readonly string[];
}

/**
 * Reads `text` as terms. Pages and queries use this one analysis, so equal words give equal terms. Stop words are kept.
 *
 *     "Café-owners' dogs 🐕"  ->  cafe 0, owner 1, dog 2, 🐕 3
 *     "東京都"                 ->  東 0, 東京 0, 京 1, 京都 1, 都 2
 *
 * A word is a run of letters, digits and combining marks (similar to UAX #29). Inner apostrophes join the parts of a
 * word; hyphens separate words.
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
    // Most words are plain ASCII and end here. After an apostrophe or a character beyond ASCII, the full pattern
    // decides.
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

/** The terms that `visitTerms` visits, in arrays. */
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
 * How many positions lie between two blocks, so that no phrase matches across them. A line break ends a block (a
 * paragraph, a heading, a list item); a tab ends a cell of a table.
 */
const blockGap = 8;
function isBlockEnd(code: number): boolean {
  return code === 10 || code === 9 || code === 0x2028 || code === 0x2029;
}

const unspaced =
  String.raw`[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}` +
  String.raw`\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]`;
const pictograph = String.raw`(?![©®™])\p{Extended_Pictographic}\p{Emoji_Modifier}?\uFE0F?`;
/** Letters, digits, circled letters (ⓐ), radicals (⼈, from PDF files) and squared words (㎏, ㌔). */
const letter = String.raw`(?![\p{M}\p{Default_Ignorable_Code_Point}])[\p{Alphabetic}\p{N}\u2E80-\u2FDF\u3200-\u33FF]`;
const attached = String.raw`(?:\p{M}|${isInvisible})*`;
/** Group 1: a run of a script without spaces. Group 2: an emoji with its joined parts. Neither group: a word. */
const wordPattern = new RegExp(
  [
    // Here a zero-width space is only a place where a line may break. Some authors write it, others do not.
    String.raw`((?:(?=${unspaced})${letter}[\p{M}\p{Default_Ignorable_Code_Point}]*)+)`,
    String.raw`(\p{Regional_Indicator}{2}|${pictograph}(?:\u200D${pictograph})*)`,
    String.raw`(?:(?!${unspaced})${letter}${attached})+` +
      String.raw`(?:(?:${innerMark})(?:(?!${unspaced})${letter}${attached})+)*`,
  ].join('|'),
  'gu',
);

function isAsciiWord(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57);
}

/** True for an ASCII character that ends a word: every one except the apostrophe. */
function endsPlainWord(code: number): boolean {
  return code < 128 && code !== 39;
}

/** A cache: raw word -> normalised word. It is emptied when it is full. */
const memo = new Map<string, NormalisedWord>();
const memoSize = 200_000;

function lookUp(raw: string): NormalisedWord {
  const known = memo.get(raw);
  if (known !== undefined) return known;
  // In V8 a slice keeps its whole text in memory, so the key is a copy.
  const key = ` ${raw}`.slice(1);
  const normalised = normaliseWord(key);
  if (memo.size >= memoSize) memo.clear();
  memo.set(key, normalised);
  return normalised;
}
