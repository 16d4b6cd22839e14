import { cutText } from '../../shared/cut-text.ts';
import type { Neighbour, Neighbours } from '../../search/neighbours.ts';
import type { Page } from '../../search/page.ts';
import type { Making } from '../../search/making.ts';
import { layout } from '../../web/layout.ts';
import { markup, type Markup } from '../../web/markup.ts';
import { counted } from '../../web/numbers.ts';
import { pathStrip } from './path-strip.ts';
import { staleNote } from './stale-note.ts';
import { groupByRelation, type RelationGroup } from './relations.ts';
import type { Surroundings } from './results.ts';
import { pageUrl, searchUrl, webAddress } from '../../web/urls.ts';

/** More links of one relation than this are folded away: "person" has hundreds. */
const shownLinks = 24;
/**
 * A page may have 10,000 links, 1,000 keywords and a million characters of text. Rendering all of them would delay
 * other requests. So links, keywords and characters beyond these bounds are only counted.
 */
const listedLinks = 1_000;
const listedKeywords = 200;
const shownCharacters = { body: 100_000, titlesOfLinks: 100_000, keywords: 20_000 };

/** A page of the corpus, and what surrounds it. The page is shown even when its surroundings could not be fetched. */
export interface PageView {
  readonly page: Page;
  readonly neighbours?: Neighbours;
  /** From 0 to 1. */
  readonly popularity?: number;
}

/** Renders one page of the corpus with its text, its links and its surroundings. */
export function pageView(
  { page, neighbours, popularity }: PageView,
  making: Making,
  { assets, traced = false }: Surroundings,
): string {
  const origin = webAddress(page.url);
  const body = cutText(page.body, shownCharacters.body);
  const links = firstOf(page.links, listedLinks, shownCharacters.titlesOfLinks, (link) => link.title.length);
  const groups = groupByRelation(links);
  const unlisted = page.links.length - links.length;
  const title = page.title === '' ? page.id : page.title;
  const main = markup`${pathStrip(making, { traced })}
${staleNote(making)}
<article class="page">
<h1>${title}</h1>
${origin !== undefined && markup`<p class="origin">From <a href="${origin}" rel="noreferrer">${page.url}</a></p>`}
${paragraphs(body).map((text) => markup`<p class="body">${text}</p>`)}
${body.length < page.body.length && restOf(page, body.length)}
${page.category !== undefined && categoryOf(page.category)}
${page.keywords.length > 0 && keywordsOf(page.keywords)}
${popularity !== undefined && popularityOf(popularity)}
</article>
${
  page.links.length > 0 &&
  markup`<section class="links" aria-label="Links of this page">${groups.map(relation)}${
    unlisted > 0 && markup`<p>${counted(unlisted, 'more link is', 'more links are')} not listed.</p>`
  }</section>`
}
${neighbours !== undefined && neighboursOf(neighbours)}`;
  return layout({ title: `${cutText(title, 80)} - Tierlab`, kind: 'inner', box: { q: '' }, main }, assets);
}

/** The first `items`: at most `most` of them, and at most `characters` characters together. */
function firstOf<T>(
  items: readonly T[],
  most: number,
  characters: number,
  lengthOf: (item: T) => number,
): readonly T[] {
  let left = characters;
  const end = items.findIndex((item, i) => i === most || (left -= lengthOf(item)) < 0);
  return end === -1 ? items : items.slice(0, end);
}

function restOf({ id, body }: Page, shown: number): Markup {
  const rest = counted(body.length - shown, 'more character is', 'more characters are');
  const address = markup`<code>/api/pages/${id}</code>`;
  return markup`<p class="origin">${rest} not shown. The gateway has the whole page at ${address}.</p>`;
}

function categoryOf(category: string): Markup {
  return markup`<p class="origin">Category: <a href="${searchUrl(`category:${category}`)}">${category}</a></p>`;
}

function keywordsOf(keywords: readonly string[]): Markup {
  const urlOf = (keyword: string) => searchUrl(`keywords:"${keyword.replaceAll('"', ' ').trim()}"`);
  const listed = firstOf(keywords, listedKeywords, shownCharacters.keywords, (keyword) => keyword.length);
  const items = listed.map((keyword) => markup`<li><a href="${urlOf(keyword)}">${keyword}</a></li>`);
  const unlisted = keywords.length - listed.length;
  return markup`<section aria-labelledby="keywords"><h2 id="keywords">Keywords</h2>
<ul class="keywords">${items}</ul>
${unlisted > 0 && markup`<p>${counted(unlisted, 'more keyword is', 'more keywords are')} not listed.</p>`}</section>`;
}

function popularityOf(popularity: number): Markup {
  const share = Math.round(100 * popularity);
  return markup`<p class="origin">Popularity: ${share} of 100, by the links that lead here</p>`;
}

function relation({ heading, links }: RelationGroup): Markup {
  const [first, rest] = [links.slice(0, shownLinks), links.slice(shownLinks)];
  return markup`<section class="relation"><h2>${heading}</h2>${list(first)}
${
  rest.length > 0 && markup`<details><summary>${counted(rest.length, 'more', 'more')}</summary>${list(rest)}</details>`
}</section>`;
}

function list(links: readonly Neighbour[]): Markup {
  const items = links.map(
    ({ id, title }) => markup`<li><a href="${pageUrl(id)}">${title === '' ? id : title}</a></li>`,
  );
  return markup`<ul>${items}</ul>`;
}

function neighboursOf({ before, after }: Neighbours): Markup | false {
  const side = (heading: string, pages: readonly Neighbour[]) =>
    pages.length > 0 && markup`<section class="relation"><h2>${heading}</h2>${list(pages)}</section>`;
  if (before.length + after.length === 0) return false;
  return markup`<nav class="links" aria-label="The pages beside this one">
${side('Pages before it', before)}${side('Pages after it', after)}</nav>`;
}

function paragraphs(body: string): string[] {
  return body.split(/\n\s*\n|\r\n\s*\r\n/).filter((paragraph) => paragraph.trim() !== '');
}
