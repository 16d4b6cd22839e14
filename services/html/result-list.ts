import type { SearchResults } from '../../search/results.ts';
import { markup, type Markup } from '../../web/markup.ts';
import { counted, grouped } from '../../web/numbers.ts';
import { resultItem } from './result.ts';

/** Which of all found pages these results are, in words. */
export function summary({ total, page, size, results }: SearchResults): string {
  const from = (page - 1) * size + 1;
  if (total <= size && page === 1) return counted(total, 'page', 'pages');
  return `${grouped(from)} to ${grouped(from + results.length - 1)} of ${counted(total, 'page', 'pages')}`;
}

/** The results as a numbered list. */
export function resultList({ page, size, terms, results }: SearchResults): Markup {
  const marked = new Set(terms);
  const items = results.map((result) => resultItem(result, marked));
  return markup`<ol class="results" start="${(page - 1) * size + 1}">${items}</ol>`;
}
