import { markup, type Markup } from '../html/markup.ts';

/** How often the browser asks again, s. */
const refreshSeconds = 2;

/** The page around everything that the console shows. Plain HTML that reloads itself, so that it works while anything else is broken. */
export function frame(title: string, header: Markup, main: Markup, live = true): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${live && markup`<meta http-equiv="refresh" content="${refreshSeconds}">`}
<title>${title} - Tierlab console</title>
<link rel="icon" type="image/svg+xml" href="/assets/icon.svg">
<link rel="stylesheet" href="/assets/console.css">
</head>
<body>
<header>${header}</header>
<main>${main}</main>
<footer><p>Heartbeats come every 500 ms. Each node opens when it is clicked; with <code>tierlab up --chaos</code> there are buttons to break it. Faults end by themselves.</p></footer>
</body>
</html>
`.text;
}
