import { markup, type Markup } from '../../web/markup.ts';

/** How often the page reloads without scripts, s. With scripts it updates as often (assets/live.js). */
const refreshSeconds = 2;

/** The frame of every console page: plain HTML from this node only, so it works while other nodes are broken. */
export function frame(title: string, header: Markup, main: Markup, live = true): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${live && markup`<script type="module" src="/assets/live.js"></script><noscript><meta http-equiv="refresh" content="${refreshSeconds}"></noscript>`}
<title>${title} - Tierlab console</title>
<link rel="icon" type="image/svg+xml" href="/assets/icon.svg">
<link rel="stylesheet" href="/assets/console.css">
<link rel="stylesheet" href="/assets/incidents.css">
</head>
<body>
<p id="away" class="warning" role="status"></p>
<header>${header}</header>
<main>${main}</main>
${live && markup`<footer><p>Heartbeats come every 500 ms, and this page updates every ${refreshSeconds} s. The same in a terminal: <code>npm run -s tierlab -- status</code>, or <code>incidents</code>; the uptime: <code>availability</code>.</p></footer>`}
</body>
</html>
`.text;
}
