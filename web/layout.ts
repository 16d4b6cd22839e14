import type { Style } from '../search/making.ts';
import { maxQueryLength } from '../search/limits.ts';
import { markup, type Markup } from './markup.ts';
import { defaultPageSize } from './urls.ts';

/** The addresses of the stylesheet and the scripts; each holds a hash of the content (web/assets.ts). */
export interface AssetUrls {
  readonly stylesheet: string;
  readonly script: string;
  readonly connection: string;
  readonly icon: string;
}

/** The content of the search box, and the options that a new search keeps. */
export interface SearchBox {
  readonly q: string;
  readonly size?: number;
  readonly explain?: boolean;
  readonly style?: Style | undefined;
}

export interface Layout {
  /** The title of the browser's tab. */
  readonly title: string;
  /** `home`: `main` contains the search box. `inner`: the layout puts the search box into the header. */
  readonly kind: 'home' | 'inner';
  readonly box: SearchBox;
  readonly main: Markup;
  /**
   * A stylesheet and a program of this page alone. connection.js cannot bring such a page up to date in place.
   */
  readonly own?: Pick<AssetUrls, 'stylesheet' | 'script'>;
}

/**
 * The whole document around `main`. Everything works without the script; nothing is inline, so the strictest CSP holds.
 */
export function layout({ title, kind, box, main, own }: Layout, assets: AssetUrls): string {
  const document = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" type="image/svg+xml" href="${assets.icon}">
<link rel="stylesheet" href="${assets.stylesheet}">
<script type="module" src="${assets.script}"></script>
${
  own
    ? markup`<link rel="stylesheet" href="${own.stylesheet}">
<script type="module" src="${own.script}"></script>`
    : // A page with a program of its own also looks after its connection.
      markup`<script type="module" src="${assets.connection}"></script>`
}
</head>
<body class="${kind}"${!own && markup` data-in-place`}>
<a class="skip" href="#content">Skip to the content</a>
${kind === 'inner' && markup`<header class="top">${brand}${searchForm(box)}</header>`}
<main id="content" tabindex="-1">
${main}
</main>
<footer class="foot">
<p>Tierlab is a search engine in pieces: real processes, real sockets, and the path of every answer.
<a href="/placements">Compare thin and fat clients</a></p>
</footer>
</body>
</html>
`;
  return document.text;
}

/** Three tiers, one above the other. */
export const mark = markup`<svg class="mark" viewBox="0 0 24 24" width="24" height="24"
aria-hidden="true" focusable="false">
<rect x="7" y="3" width="10" height="4" rx="2"/>
<rect x="4" y="10" width="16" height="4" rx="2"/>
<rect x="1" y="17" width="22" height="4" rx="2"/></svg>`;

const brand = markup`<a class="brand" href="/" aria-label="Tierlab, home">${mark}<span>Tierlab</span></a>`;

const magnifier = markup`<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">
<circle cx="10.5" cy="10.5" r="6.5"/><path d="M15.5 15.5 21 21"/></svg>`;

/** An option that the next search keeps. */
const kept = (name: string, value: string | number): Markup =>
  markup`<input type="hidden" name="${name}" value="${value}">`;

/** The search box. The script turns it into a combobox with suggestions; without the script it is a plain form. */
export function searchForm({ q, size = defaultPageSize, explain = false, style }: SearchBox, focus = false): Markup {
  return markup`<form class="search" role="search" action="/search" method="get" data-suggest="/suggest">
<label class="unseen" for="q">Search the pages</label>
<div class="field">
<input id="q" name="q" type="search" value="${q}" maxlength="${maxQueryLength}" placeholder="Search the pages"
autocomplete="off" autocapitalize="none" spellcheck="false" enterkeyhint="search"${focus && markup` autofocus`}>
<button type="submit">${magnifier}<span class="unseen">Search</span></button>
</div>
${size !== defaultPageSize && kept('size', size)}${explain && kept('explain', 'true')}${style && kept('style', style)}
</form>`;
}
