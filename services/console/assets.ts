import { loadAsset, type Asset } from '../../web/assets.ts';

/** The files of the console's pages; served from memory, from this node only. */
export function loadConsoleAssets(folder = new URL('./assets/', import.meta.url)): readonly Asset[] {
  const own = ['console.css', 'incidents.css', 'live.js'];
  return [...own.map((name) => loadAsset(name, folder)), loadAsset('icon.svg')];
}
