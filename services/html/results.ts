import { cutText } from '../../shared/cut-text.ts';
import type { Style } from '../../search/making.ts';
import { maxDepth } from '../../search/limits.ts';
import type { SearchResults } from '../../search/results.ts';
import { adviceFor } from './advice.ts';
import type { Making } from '../../search/making.ts';
import { homePage } from './home.ts';
import { layout, type AssetUrls, type SearchBox } from '../../web/layout.ts';
import { markup, type Markup } from '../../web/markup.ts';
import { counted, grouped } from '../../web/numbers.ts';
import { paging, type Paging } from './paging.ts';
import { pathStrip } from './path-strip.ts';
import { resultList, summary } from './result-list.ts';
import { staleNote } from './stale-note.ts';
import { searchUrl } from '../../web/urls.ts';

/** The settings of a page besides its content. */
export interface Surroundings {
  readonly assets: AssetUrls;
  /** The topology's style. Links name a style only when it differs from this one. */
  readonly defaultStyle: Style;
  /** Whether pages link to the trace of their own request. */
  readonly traced?: boolean;
}

/** Renders the results page, or the home page for the empty query. */
export function resultsPage(
  results: SearchResults,
  making: Making,
  { assets, defaultStyle, traced = false }: Surroundings,
): string {
  const { query: q, size } = results;
  const explain = results.results.some((result) => result.explanation !== undefined);
  const style = making.style === defaultStyle ? undefined : making.style;
  const box: SearchBox = { q, size, explain, style };
  if (q.trim() === '') return homePage(making, box, assets);

  const to = (q: string, options: { page?: number; explain?: boolean; style?: Style | undefined } = {}) =>
    searchUrl(q, { size, explain, style, ...options });
  const other: Style = making.style === 'layered' ? 'object-based' : 'layered';
  const pages = paging(results.total, results.page, size);
  const otherStyle = to(q, { page: results.page, style: other === defaultStyle ? undefined : other });
  const explaining = markup`<a href="${to(q, { page: results.page, explain: !explain })}">${
    explain ? 'Hide the explanations' : 'Explain the scores'
  }</a>`;
  const main = markup`<h1 class="unseen">Results for ${q}</h1>
${pathStrip(making, { traced, otherStyle })}
${staleNote(making)}
${results.suggestion !== undefined && didYouMean(results.suggestion, to)}
${results.partial !== undefined && markup`<p class="suggestion">${results.partial}</p>`}
${
  results.results.length === 0
    ? nothing(results, pages, to)
    : markup`<div class="summary"><p>${summary(results)}</p><p>${explaining}</p></div>
${resultList(results)}
${pages !== undefined && pagingOf(pages, (page) => to(q, { page }))}`
}`;
  return layout({ title: `${cutText(q, 80)} - Tierlab`, kind: 'inner', box, main }, assets);
}

type To = (q: string, options?: { page?: number }) => string;

function didYouMean(suggestion: string, to: To): Markup {
  return markup`<p class="suggestion">Did you mean <a href="${to(suggestion)}">${suggestion}</a>?</p>`;
}

function nothing({ query: q, total }: SearchResults, pages: Paging | undefined, to: To): Markup {
  if (total > 0 && pages !== undefined) {
    const limit = total > maxDepth && `, but only the best ${grouped(maxDepth)} can be reached`;
    return markup`<section class="nothing"><h2>There is no such page of results</h2>
<p>The search found ${counted(total, 'page', 'pages')}${limit}.
<a href="${to(q, { page: pages.last })}">Go to page ${pages.last}</a>, the last one.</p></section>`;
  }
  const advice = adviceFor(q).map(({ text, q: proposed }) => {
    const link = proposed !== undefined && markup` <a href="${to(proposed)}">${proposed}</a>`;
    return markup`<li>${text}${link}</li>`;
  });
  return markup`<section class="nothing"><h2>No page matches</h2>
<ul>${advice}</ul></section>`;
}

function pagingOf(pages: Paging, to: (page: number) => string): Markup {
  return markup`<nav class="paging" aria-label="Pages of results"><ul>
${pages.previous !== undefined && markup`<li><a rel="prev" href="${to(pages.previous)}">Previous</a></li>`}
${pages.numbers.map((number) => markup`<li class="number">${numberOf(number, pages.current, to)}</li>`)}
${pages.next !== undefined && markup`<li><a rel="next" href="${to(pages.next)}">Next</a></li>`}
</ul></nav>`;
}

function numberOf(number: number | 'gap', current: number, to: (page: number) => string): Markup {
  if (number === 'gap') return markup`<span class="gap">…</span>`;
  const here = number === current && markup` aria-current="page"`;
  return markup`<a href="${to(number)}" aria-label="Page ${number}"${here}>${number}</a>`;
}
