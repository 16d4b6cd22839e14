import { loadBrowserBundle } from '../../web/browser-bundle.ts';
import { programAssets, type ProgramAssets } from '../../web/program-page.ts';

/** The files of the page, in memory. */
export const loadConsoleAssets = async (): Promise<ProgramAssets> =>
  programAssets('console', await loadBrowserBundle(new URL('./page/page.browser.ts', import.meta.url)));
