import { resultList, summary } from '../../html/result-list.ts';
import { markup } from '../../../web/markup.ts';
import type { NamedKey } from './keys.ts';
import { lastPage, type Screen, type Shown } from './screen.ts';

/** Draws the screen. A button of the screen stands for a key: the display sends `data-key` as if it were typed. */
export function drawScreen({ typed, suggestions, asked, results }: Shown): Screen {
  const choices = suggestions.map(
    (text, i) => markup`<li><button type="button" data-key="Choose${i + 1}">${text}</button></li>`,
  );
  const list = choices.length > 0 && markup`<ul class="choices" aria-label="Suggestions">${choices}</ul>`;
  if (asked === undefined || results === undefined) return { typed, html: markup`${list}`.text, said: '' };
  const said = results.results.length === 0 ? 'No page matches' : `${summary(results)}, by ${asked.order}`;
  const button = (key: NamedKey, text: string, isPossible: boolean) =>
    markup`<button type="button" data-key="${key}"${!isPossible && markup` disabled`}>${text}</button>`;
  const { page, order } = asked;
  const last = lastPage(results);
  const turns = markup`<p class="turn">${button('PageUp', 'Previous page', page > 1)}
${button('PageDown', 'Next page', page < last)}
${button('ByRelevance', 'By relevance', order !== 'relevance')}
${button('ByTitle', 'By title', order !== 'title')}</p>
${resultList(results)}`;
  const html = markup`${list}
<p class="summary">${asked.q}: ${said}</p>
${results.suggestion !== undefined && markup`<p class="suggestion">Did you mean ${results.suggestion}?</p>`}
${results.partial !== undefined && markup`<p class="suggestion">${results.partial}</p>`}
${results.results.length > 0 && turns}`;
  return { typed, html: html.text, said };
}
