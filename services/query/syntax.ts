import { isInvisible } from '../../search/text/invisible.ts';
import { fields, type Field } from '../../search/plan.ts';

/** One thing that the user asked for, as it stands in the query. */
export interface Item {
  readonly kind: 'words' | 'phrase';
  readonly excluded: boolean;
  readonly field?: Field | 'category';
  /** The words themselves: `query.slice(start, start + text.length)`. */
  readonly text: string;
  readonly start: number;
}

/**
 * Cuts a query into items. Never fails: what is not understood is words.
 *
 *     item = ["-"] [field ":"] ( quote text quote | word )      field = title | keywords | body | category
 *
 * A "-" excludes only at the start of an item and before something (so `well-known`, `- dog` and `--help` exclude
 * nothing). A quote that is never closed is no quote: somebody is still typing.
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

const quote = '["\u201C\u201D\u201E]';
const notQuote = '[^"\u201C\u201D\u201E]';
/** Neither space nor quote. JavaScript counts U+FEFF as a space, but it stands inside words. */
const inWord = '(?:[^\\s"\u201C\u201D\u201E]|\uFEFF)';
/** The parts of an item one after the other; whatever is left between two items (spaces, lone quotes) is skipped. */
const itemPattern = new RegExp(
  `(?:${isInvisible})*(?<minus>(?<!(?!${isInvisible})${inWord})-(?![\\s-]))?(?<field>(?:${fields.join('|')}|category):(?=\\S))?` +
    `(?:${quote}(?<phrase>${notQuote}*)${quote}|(?<word>${inWord}+))`,
  'giu',
);
