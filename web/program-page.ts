import { asset, loadAsset, type Asset } from './assets.ts';
import type { BrowserBundle } from './browser-bundle.ts';
import { markup, type Markup } from './markup.ts';

/** The files of a page that its program draws. */
export interface ProgramAssets {
  readonly script: Asset;
  readonly style: Asset;
  readonly icon: Asset;
}

export const programAssets = (name: string, { script, style }: BrowserBundle): ProgramAssets => ({
  script: asset(`${name}.js`, script),
  style: asset(`${name}.css`, style),
  icon: loadAsset('icon.svg'),
});

interface ProgramPage {
  readonly title: string;
  /** The id of the element that the program fills. */
  readonly root: string;
  readonly assets: ProgramAssets;
  /** Further elements of the head, for browsers whose scripts are off. */
  readonly headWithoutScript?: Markup;
  /** The content of the page for these browsers. */
  readonly withoutScript: Markup;
}

/** The document of a page that its program draws. */
export const programPage = ({ title, root, assets, headWithoutScript, withoutScript }: ProgramPage): string =>
  markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
${headWithoutScript && markup`<noscript>${headWithoutScript}</noscript>`}
<link rel="icon" type="image/svg+xml" href="${assets.icon.url}">
<link rel="stylesheet" href="${assets.style.url}">
<script type="module" src="${assets.script.url}"></script>
</head>
<body>
<div id="${root}"></div>
<noscript>${withoutScript}</noscript>
</body>
</html>
`.text;
