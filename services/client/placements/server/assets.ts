import { asset, type Asset } from '../../../../web/assets.ts';
import { loadBrowserBundle } from '../../../../web/browser-bundle.ts';

export interface PlacementAssets {
  readonly script: Asset;
  readonly style: Asset;
}

/** The program of the page, in memory. */
export async function loadPlacementAssets(): Promise<PlacementAssets> {
  const { script, style } = await loadBrowserBundle(new URL('../page/placements.browser.ts', import.meta.url));
  return { script: asset('placements.js', script), style: asset('placements.css', style) };
}
