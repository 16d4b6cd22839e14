import { markup } from '../../web/markup.ts';
import { programPage, type ProgramAssets } from '../../web/program-page.ts';

/** The document of the page. It holds no data, so it needs no key. */
export const labsShell = (assets: ProgramAssets): string =>
  programPage({
    title: 'Tierlab labs',
    root: 'labs',
    assets,
    withoutScript: markup`<main><h1>Tierlab labs</h1>
<p>This page needs scripts. Without them, do the labs in a terminal: <code>npm run lab</code></p></main>`,
  });
