import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);

export interface BrowserBundle {
  readonly script: Buffer;
  readonly style: Buffer;
}

/**
 * The program of a page, for browsers: from the bundle, or bundled now when the sources run. `entry` is the address of
 * its file `x.browser.ts`, as scripts/lib/worker-entries.mjs needs it: `new URL('./x.browser.ts', import.meta.url)`.
 */
export async function loadBrowserBundle(entry: URL): Promise<BrowserBundle> {
  const file = fileURLToPath(entry);
  if (file.endsWith('.js')) {
    const [script, style] = await Promise.all([readFile(file), readFile(file.replace(/\.js$/, '.css'))]);
    return { script, style };
  }
  const { build } = require('esbuild') as typeof import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    format: 'iife',
    platform: 'browser',
    outdir: 'page',
    write: false,
  });
  const ending = (end: string) => Buffer.from(outputFiles.find(({ path }) => path.endsWith(end))?.contents ?? []);
  return { script: ending('.js'), style: ending('.css') };
}
