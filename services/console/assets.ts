import { asset, loadAsset, type Asset } from '../../web/assets.ts';
import { loadBrowserBundle } from '../../web/browser-bundle.ts';

export interface ConsoleAssets {
  readonly script: Asset;
  readonly style: Asset;
  readonly icon: Asset;
}

/** The files of the page, in memory. */
export async function loadConsoleAssets(): Promise<ConsoleAssets> {
  const { script, style } = await loadBrowserBundle(new URL('./page/page.browser.ts', import.meta.url));
  return { script: asset('console.js', script), style: asset('console.css', style), icon: loadAsset('icon.svg') };
}
