import { hebrewQuote } from '../../search/text/inner-marks.ts';
import { isInvisible } from '../../search/text/invisible.ts';
import { fields } from '../../search/fields.ts';
import type { Field } from '../../search/plan.ts';

/** One item of the query: a word or a phrase, with its field and its sign. */
export interface Item {
  readonly kind: 'words' | 'phrase';
  readonly excluded: boolean;
  readonly field?: Field | 'category';
  /** The word or the words of the phrase: `query.slice(start, start + text.length)`. */
  readonly text: string;
  readonly start: number;
}

/**
 * Cuts a query into items. Never fails: text that fits no rule is read as words.
 *
 *     item = ["-"] [field ":"] ( quote text quote | word )      field = title | keywords | body | category
 *
 * A "-" excludes only when it starts an item and a word or phrase follows (so `well-known`, `- dog` and `--help`
 * exclude nothing). A quotation mark without a closing one is ignored, because the user may still be typing.
 */
export function items(query: string): Item[] {
  const found: Item[] = [];
  itemPattern.lastIndex = 0;
  for (const match of query.matchAll(itemPattern)) {
    const { minus, field, phrase, word } = match.groups as Partial<
      Record<'minus' | 'field' | 'phrase' | 'word', string>
    >;
    const text = phrase ?? word ?? '';
    const start = match.index + match[0].length - text.length - (phrase === undefined ? 0 : 1);
    found.push({
      kind: phrase === undefined ? 'words' : 'phrase',
      excluded: minus !== undefined,
      ...(field === undefined ? {} : { field: field.slice(0, -1).toLowerCase() as Field | 'category' }),
      text,
      start,
    });
  }
  return found;
}

const quote = `(?!${hebrewQuote})["\u201C\u201D\u201E]`;
const notQuote = `(?:${hebrewQuote}|[^"\u201C\u201D\u201E])`;
/**
 * A character that is neither a space nor a quotation mark. JavaScript counts U+FEFF as a space, but it occurs inside
 * words.
 */
const inWord = `(?:[^\\s"\u201C\u201D\u201E]|\uFEFF|${hebrewQuote})`;
/** The parts of one item in order. Text between two items (spaces, single quotation marks) is skipped. */
const itemPattern = new RegExp(
  `(?:${isInvisible})*(?<minus>(?<!(?!${isInvisible})${inWord})-(?![\\s-]))?` +
    `(?<field>(?:${fields.join('|')}|category):(?=\\S))?` +
    `(?:${quote}(?<phrase>${notQuote}*)${quote}|(?<word>${inWord}+))`,
  'giu',
);
