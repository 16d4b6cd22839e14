import { loadAsset, type Asset } from '../client/assets.ts';

/** What the console's pages refer to: served from memory, from this node alone. */
export function loadConsoleAssets(folder = new URL('./assets/', import.meta.url)): readonly Asset[] {
  return [loadAsset('console.css', folder), loadAsset('live.js', folder), loadAsset('icon.svg')];
}
