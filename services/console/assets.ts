import { loadAsset, type Asset } from '../../web/assets.ts';

/** What the console's pages refer to: served from memory, from this node alone. */
export function loadConsoleAssets(folder = new URL('./assets/', import.meta.url)): readonly Asset[] {
  const own = ['console.css', 'incidents.css', 'live.js'];
  return [...own.map((name) => loadAsset(name, folder)), loadAsset('icon.svg')];
}
