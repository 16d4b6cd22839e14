import type { Making } from '../../search/making.ts';
import { layout, mark, searchForm, type AssetUrls, type SearchBox } from '../../web/layout.ts';
import { markup } from '../../web/markup.ts';
import { pathStrip } from './path-strip.ts';
import { searchUrl } from '../../web/urls.ts';

/** Example queries, one for each feature of the query language. All of them find pages in the default corpus. */
const examples: readonly { readonly q: string; readonly shows: string }[] = [
  { q: 'domestic animals', shows: 'any of the words' },
  { q: '"musical instrument"', shows: 'a phrase' },
  { q: 'bank -money', shows: 'without a word' },
  { q: 'title:river europe', shows: 'a word of the title' },
  { q: 'kinds of whales', shows: 'whole questions too' },
];

/** The page of the empty query: a search box and examples. */
export function homePage(making: Making, box: SearchBox, assets: AssetUrls): string {
  const items = examples.map(
    ({ q, shows }) => markup`<li><a href="${searchUrl(q, { style: box.style })}">${q}</a> <span>${shows}</span></li>`,
  );
  const main = markup`<div class="hero">
<h1>${mark}<span>Tierlab</span></h1>
<p class="tagline">Search a web of pages, and see which machines answered.</p>
${searchForm({ ...box, q: '' }, true)}
<section class="examples" aria-labelledby="examples"><h2 id="examples">Try</h2>
<ul>${items}</ul></section>
${pathStrip(making, { found: false })}
</div>`;
  return layout({ title: 'Tierlab', kind: 'home', box, main }, assets);
}
