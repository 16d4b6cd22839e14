import path from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../../..');
const entry = 'services/client/placements/page/placements.browser.ts';
/** Packages that run in browsers. Another one is a decision: it makes the page larger. */
const packages = ['lru-cache', 'stemmer'];

test('the page is bundled from the code of the servers, and nothing in it is for Node.js only', async () => {
  // A Node.js module fails this build, because the platform is a browser.
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'iife',
    outdir: 'page',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const inputs = Object.keys(metafile.inputs);
  for (const file of [
    'services/query/parse.ts',
    'services/query/spelling.ts',
    'services/query/completion.ts',
    'services/ranking/rank.ts',
    'services/html/result.ts',
    'services/database/index/inverted-index.ts',
    'search/bm25f.ts',
    'search/text/analysis.ts',
  ])
    expect(inputs).toContain(file);
  const used = inputs.flatMap((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []);
  expect([...new Set(used)].toSorted()).toEqual(packages);
  expect(inputs.filter((file) => /component\.ts$|\/server\//.test(file))).toEqual([]);
  const [, script] = Object.entries(metafile.outputs).find(([name]) => name.endsWith('.js'))!;
  expect(script.bytes).toBeLessThan(100_000);
});
