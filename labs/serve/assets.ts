import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../../cli/paths.ts';
import { programAssets, type ProgramAssets } from '../../web/program-page.ts';

/** The files of the page, in memory. The build names a browser script after the path of its source. */
export async function loadLabAssets(): Promise<ProgramAssets> {
  const source = fileURLToPath(new URL('./page/page.browser.ts', import.meta.url));
  const name = path.relative(root, source).replace(/\.ts$/, '').replaceAll(path.sep, '-');
  const built = (ending: string) => readFile(path.join(root, 'dist', `${name}.${ending}`));
  const [script, style] = await Promise.all([built('js'), built('css')]);
  return programAssets('labs', { script, style });
}
