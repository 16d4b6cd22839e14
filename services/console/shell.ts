import { markup } from '../../web/markup.ts';
import { programPage, type ProgramAssets } from '../../web/program-page.ts';
import type { About } from './about.ts';
import type { Snapshot } from './live/snapshot.ts';

/** How often the page reloads where scripts are off, s. */
const refreshSeconds = 2;

/** The document of the console. Without scripts it is a table of the nodes that reloads itself. */
export const consoleShell = (about: About, now: Snapshot | undefined, assets: ProgramAssets): string =>
  programPage({
    title: 'Tierlab console',
    root: 'console',
    assets,
    headWithoutScript: markup`<meta http-equiv="refresh" content="${refreshSeconds}">`,
    withoutScript: markup`<main class="plain"><h1>Tierlab console</h1>
<p>${about.name}: ${about.summary}. Scripts are off, so this page shows only the nodes.</p>
<table><thead><tr><th scope="col">node<th scope="col">state<th scope="col">diagnosis</tr></thead>
<tbody>${about.nodes.map(({ id }) => {
      const node = now?.nodes[id];
      return markup`<tr><td>${id}<td>${node?.state ?? 'unknown'}<td>${node?.verdict}</tr>
`;
    })}</tbody></table></main>`,
  });
