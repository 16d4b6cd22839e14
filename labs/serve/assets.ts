import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../../cli/paths.ts';
import { asset, loadAsset, type Asset } from '../../web/assets.ts';

export interface LabAssets {
  readonly script: Asset;
  readonly style: Asset;
  readonly icon: Asset;
}

/** The files of the page, in memory. The build names a browser script after the path of its source. */
export async function loadLabAssets(): Promise<LabAssets> {
  const source = fileURLToPath(new URL('./page/page.browser.ts', import.meta.url));
  const name = path.relative(root, source).replace(/\.ts$/, '').replaceAll(path.sep, '-');
  const built = (ending: string) => readFile(path.join(root, 'dist', `${name}.${ending}`));
  const [script, style] = await Promise.all([built('js'), built('css')]);
  return { script: asset('labs.js', script), style: asset('labs.css', style), icon: loadAsset('icon.svg') };
}
