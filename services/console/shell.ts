import { markup } from '../../web/markup.ts';
import type { About } from './about.ts';
import type { ConsoleAssets } from './assets.ts';
import type { Snapshot } from './live/snapshot.ts';

/** How often the page reloads where scripts are off, s. */
const refreshSeconds = 2;

/**
 * The document of the console: the script draws everything else. Without scripts it is a table of the nodes that
 * reloads itself.
 */
export function shell(about: About, now: Snapshot | undefined, { script, style, icon }: ConsoleAssets): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Tierlab console</title>
<noscript><meta http-equiv="refresh" content="${refreshSeconds}"></noscript>
<link rel="icon" type="image/svg+xml" href="${icon.url}">
<link rel="stylesheet" href="${style.url}">
<script type="module" src="${script.url}"></script>
</head>
<body>
<div id="console"></div>
<noscript><main class="plain"><h1>Tierlab console</h1>
<p>${about.name}: ${about.summary}. Scripts are off, so this page shows only the nodes.</p>
<table><thead><tr><th scope="col">node<th scope="col">state<th scope="col">diagnosis</tr></thead>
<tbody>${about.nodes.map(({ id }) => {
    const node = now?.nodes[id];
    return markup`<tr><td>${id}<td>${node?.state ?? 'unknown'}<td>${node?.verdict}</tr>
`;
  })}</tbody></table></main></noscript>
</body>
</html>
`.text;
}
