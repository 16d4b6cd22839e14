/**
 * Worker threads and processes are started from a file of their own, which the sources name as
 * `new URL('./x.ts', import.meta.url)`. Each such file becomes an entry of the bundle, and the address in the code is
 * replaced by the address of the bundled file. A file `x.browser.ts` is bundled apart, for browsers.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const address = /new URL\(([^;]*?),\s*import\.meta\.url\)/g;
const literal = /'(\.{1,2}\/[^']+)\.(?:ts|js)'/g;

/** The entries ({ in, out }) for Node.js and for browsers, and the files in which addresses must be replaced. */
export function findWorkers(root, files) {
  const entries = new Map();
  const users = [];
  for (const file of files.filter((name) => name.endsWith('.ts'))) {
    const text = readFileSync(file, 'utf8');
    const targets = targetsIn(text, file);
    if (targets.length === 0) continue;
    users.push(file);
    for (const target of targets) entries.set(target, { in: target, out: outName(root, target) });
  }
  const all = [...entries.values()];
  const isForBrowser = (entry) => entry.in.endsWith('.browser.ts');
  return {
    root,
    entries: all.filter((entry) => !isForBrowser(entry)),
    browserEntries: all.filter(isForBrowser),
    users,
  };
}

/** An esbuild plugin that rewrites the addresses. */
export function workerAddresses({ root, users }) {
  return {
    name: 'worker-addresses',
    setup(build) {
      if (users.length === 0) return;
      const filter = new RegExp(
        `^(?:${users.map((file) => file.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})$`,
      );
      build.onLoad({ filter }, ({ path: file }) => ({
        contents: rewrite(readFileSync(file, 'utf8'), file, root),
        loader: 'ts',
      }));
    },
  };
}

/** The files that `text`, the content of `file`, starts as workers. */
function targetsIn(text, file) {
  const targets = [...text.matchAll(address)].flatMap(([, inner]) =>
    [...inner.matchAll(literal)].map(([, stem]) => sourceOf(stem, file)),
  );
  return [...new Set(targets)].filter((target) => existsSync(target));
}

export function rewrite(text, file, root) {
  return text.replaceAll(address, (whole) =>
    whole.replaceAll(literal, (name, stem) =>
      existsSync(sourceOf(stem, file)) ? `'./${outName(root, sourceOf(stem, file))}.js'` : name,
    ),
  );
}

const sourceOf = (stem, file) => path.resolve(path.dirname(file), `${stem}.ts`);

/** `loadgen/worker/main.ts` -> `loadgen-worker-main`: one flat name per file. */
const outName = (root, file) => path.relative(root, file).replace(/\.ts$/, '').split(path.sep).join('-');
