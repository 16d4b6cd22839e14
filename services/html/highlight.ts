import { visitTerms } from '../../search/text/analysis.ts';
import { markup, type Markup } from '../../web/markup.ts';

/** A part of a text. `marked` = it is a word of the query. All parts joined give the text. */
export interface Part {
  readonly text: string;
  readonly marked: boolean;
}

/**
 * Cuts `text` into parts, and marks the words whose stems are in `terms`. Pages, queries and snippets share one
 * analysis, so exactly the words that the index found are marked ("running" for "runs"). Terms that overlap (in scripts
 * without spaces) give one mark.
 */
export function markTerms(text: string, terms: ReadonlySet<string>): Part[] {
  const parts: Part[] = [];
  let done = 0;
  const push = (end: number, marked: boolean) => {
    if (end <= done) return;
    const last = parts.at(-1);
    const piece = text.slice(done, end);
    if (last?.marked === marked) parts[parts.length - 1] = { text: last.text + piece, marked };
    else parts.push({ text: piece, marked });
    done = end;
  };
  visitTerms(text, (term, _position, start, end) => {
    if (!terms.has(term)) return;
    push(start, false);
    push(end, true);
  });
  push(text.length, false);
  return parts;
}

/** `text` escaped, with the words of `terms` in `<mark>`. */
export function highlight(text: string, terms: ReadonlySet<string>): Markup[] {
  if (terms.size === 0) return [markup`${text}`];
  return markTerms(text, terms).map((part) => (part.marked ? markup`<mark>${part.text}</mark>` : markup`${part.text}`));
}
