import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { asset, loadAsset, type Asset } from '../../web/assets.ts';

const require = createRequire(import.meta.url);

export interface ConsoleAssets {
  readonly script: Asset;
  readonly style: Asset;
  readonly icon: Asset;
}

/** The files of the page, in memory: from the bundle, or bundled now when the sources run. */
export async function loadConsoleAssets(): Promise<ConsoleAssets> {
  const file = fileURLToPath(new URL('./page/page.browser.ts', import.meta.url));
  const [script, style] = file.endsWith('.js')
    ? await Promise.all([readFile(file), readFile(file.replace(/\.js$/, '.css'))])
    : await bundled(file);
  return { script: asset('console.js', script), style: asset('console.css', style), icon: loadAsset('icon.svg') };
}

async function bundled(file: string): Promise<readonly [Buffer, Buffer]> {
  const { build } = require('esbuild') as typeof import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    format: 'iife',
    outdir: 'page',
    write: false,
  });
  const ending = (end: string) => Buffer.from(outputFiles.find(({ path }) => path.endsWith(end))?.contents ?? []);
  return [ending('.js'), ending('.css')];
}
