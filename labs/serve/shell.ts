import { markup } from '../../web/markup.ts';
import type { LabAssets } from './assets.ts';

/** The document of the page: the script draws everything. It holds no data, so it needs no key. */
export const shell = ({ script, style, icon }: LabAssets): string =>
  markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Tierlab labs</title>
<link rel="icon" type="image/svg+xml" href="${icon.url}">
<link rel="stylesheet" href="${style.url}">
<script type="module" src="${script.url}"></script>
</head>
<body>
<div id="labs"></div>
<noscript><main><h1>Tierlab labs</h1>
<p>This page needs scripts. Without them, do the labs in a terminal: <code>npm run lab</code></p></main></noscript>
</body>
</html>
`.text;
