/**
 * Bundles the `tierlab` command and its worker threads into dist/ with esbuild: a process then starts from a few
 * files instead of hundreds. Runs on Node.js 20 or newer, because bootstrap.mjs calls it on whatever is installed.
 *
 *   cli/main.ts                     -> dist/cli-main.js; code that only some commands need is in chunks of its own
 *   a launcher                      -> dist/tierlab.js: switches V8's compile cache on, then loads cli-main.js
 *   new URL('./x.ts', import.meta.url), a worker's entry
 *                                   -> dist/<folder>-x.js, and the code names this file instead
 *   x.browser.ts, named in the same way
 *                                   -> dist/<folder>-x.browser.js, one script without imports
 *   web/assets/, services/<component>/assets/ -> dist/assets/
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as esbuild } from 'esbuild';
import { stampFile } from './lib/bundle-age.mjs';
import { leanImports } from './lib/lean-imports.mjs';
import { findWorkers, workerAddresses } from './lib/worker-entries.mjs';

const sourceFolders = ['cli', 'corpus', 'loadgen', 'search', 'services', 'shared', 'web'];
/** Files of earlier builds stay this long: processes that run from them load some chunks late. */
const keepOldMs = 60 * 60 * 1_000;

/** CommonJS packages inside an ES module ask for what only CommonJS has. */
const banner = `import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
const __filename = import.meta.filename;
const __dirname = import.meta.dirname;`;

/**
 * `cache`: the folder where V8 keeps compiled code, one per bundle. If it cannot be written, Node.js works without it.
 * An older Node.js must be able to run this file, because the file says which version is needed.
 */
export const launcher = (cache) => `import module from 'node:module';
if (Number.parseInt(process.versions.node, 10) < 26) {
  console.error(
    \`tierlab: Node.js 26 is needed, and this is \${process.version}. \` +
      'npm has installed Node.js 26: "npm run -s tierlab -- COMMAND" uses it',
  );
  process.exit(1);
}
module.enableCompileCache(import.meta.dirname + '/${cache}');
await import('./cli-main.js');
`;

/**
 * Builds dist/ under `root`. Returns the time that it took, ms, and the size of each script for browsers, bytes. Throws
 * an Error in plain words.
 */
export async function build(root) {
  const startedAt = performance.now();
  const builtFrom = new Date();
  const dist = path.join(root, 'dist');
  mkdirSync(dist, { recursive: true });
  const files = sourceFolders.flatMap((folder) => filesIn(path.join(root, folder)));
  const workers = findWorkers(root, files);
  // Labs run from their sources. Only their page is bundled, because browsers read no TypeScript.
  const pages = findWorkers(root, filesIn(path.join(root, 'labs'))).browserEntries;
  const result = await esbuild({
    absWorkingDir: root,
    entryPoints: [{ in: path.join(root, 'cli/main.ts'), out: 'cli-main' }, ...workers.entries],
    outdir: dist,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node26',
    // Flat, because code finds workers, assets and the root by import.meta.url.
    chunkNames: '[name]-[hash]',
    minifySyntax: true,
    minifyWhitespace: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
    write: false,
    banner: { js: banner },
    plugins: [workerAddresses(workers), leanImports(root)],
    logLevel: 'silent',
  }).catch((error) => {
    throw new Error(describe(error), { cause: error });
  });

  // Entries are written last, so that all chunks that they name exist.
  const forBrowsers = await browserScripts([...workers.browserEntries, ...pages], root, dist);
  const outputs = [...forBrowsers, ...result.outputFiles.toSorted((a, b) => Number(isEntry(a)) - Number(isEntry(b)))];
  for (const { path: file, contents } of outputs) writeWhole(file, contents);
  const digest = createHash('sha256');
  for (const { contents } of outputs) digest.update(contents);
  const cache = `.cache-${digest.digest('hex').slice(0, 12)}`;
  copyAssets(files, root, path.join(dist, 'assets'));
  warm(root, path.join(dist, cache), lateChunks(result.metafile, root));
  writeWhole(path.join(dist, 'tierlab.js'), launcher(cache));
  removeOld(dist, new Set([...outputs.map((file) => path.basename(file.path)), 'tierlab.js', cache]));
  writeFileSync(stampFile(root), builtFrom.toISOString());
  const scripts = forBrowsers.filter(({ path: file }) => file.endsWith('.js'));
  return {
    tookMs: performance.now() - startedAt,
    browserBytes: scripts.map(({ path: file, contents }) => [path.basename(file), contents.length]),
  };

  function isEntry(output) {
    return ['cli-main', ...workers.entries.map((entry) => entry.out)].includes(path.basename(output.path, '.js'));
  }
}

/** Scripts for browsers, each in one file, because a report that contains one must work alone. */
async function browserScripts(entries, root, dist) {
  const { outputFiles } = await esbuild({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: dist,
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    write: false,
    logLevel: 'silent',
  }).catch((error) => {
    throw new Error(describe(error), { cause: error });
  });
  return outputFiles;
}

/** All files of a tree, as absolute paths; none where the folder does not exist. */
function filesIn(folder) {
  const entries = statSync(folder, { throwIfNoEntry: false })
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
    : [];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}

/** The chunks that the command imports only when it needs them, as absolute paths. */
function lateChunks(metafile, root) {
  const [main] = Object.entries(metafile.outputs).find(([, output]) => output.entryPoint === 'cli/main.ts');
  const late = new Set();
  const reached = new Set([main]);
  for (const output of reached)
    for (const { kind, path: found, external } of metafile.outputs[output].imports) {
      if (external) continue;
      reached.add(found);
      if (kind === 'dynamic-import') late.add(path.join(root, found));
    }
  return [...late];
}

/**
 * Loads the chunks once so that their compiled code is kept: each process of a cluster then starts with less work
 * (measured: 150 instead of 220 ms of processor time). This only saves time, so a failure is ignored.
 */
function warm(root, cache, chunks) {
  const own = path.join(root, 'node_modules', '.bin', 'node');
  spawnSync(
    existsSync(own) ? own : process.execPath,
    [path.join(root, 'scripts', 'lib', 'warm.mjs'), cache, ...chunks],
    {
      stdio: 'ignore',
      timeout: 30_000,
    },
  );
}

/** Readers see the old file or the new one, never a part. */
function writeWhole(file, contents) {
  const draft = `${file}.${process.pid}.draft`;
  writeFileSync(draft, contents);
  renameSync(draft, file);
}

function copyAssets(files, root, target) {
  const taken = new Map();
  for (const file of files) {
    const [, folder, name] =
      /^(web|services\/[^/]+)\/assets\/(.+)$/.exec(path.relative(root, file).replaceAll(path.sep, '/')) ?? [];
    if (name === undefined || name.endsWith('.ts')) continue;
    if (taken.has(name))
      throw new Error(`two folders have an asset ${name}: ${taken.get(name)} and ${folder}; give one another name`);
    taken.set(name, folder);
    mkdirSync(path.dirname(path.join(target, name)), { recursive: true });
    copyFileSync(file, path.join(target, name));
  }
}

function removeOld(dist, current) {
  const oldestMs = Date.now() - keepOldMs;
  for (const name of readdirSync(dist)) {
    const file = path.join(dist, name);
    const ours = /\.(js|map|draft)$/.test(name) || name.startsWith('.cache-');
    if (ours && !current.has(name) && statSync(file).mtimeMs < oldestMs) rmSync(file, { recursive: true, force: true });
  }
}

function describe(error) {
  const problems = (error.errors ?? [])
    .slice(0, 5)
    .map(({ text, location }) => (location ? `${location.file}:${location.line}: ${text}` : text));
  return problems.length === 0 ? error.message : `the sources cannot be bundled: ${problems.join('; ')}`;
}

const self = fileURLToPath(import.meta.url);
if (process.argv[1] !== undefined && path.resolve(process.argv[1]) === self) {
  try {
    const { tookMs, browserBytes } = await build(path.resolve(path.dirname(self), '..'));
    process.stderr.write(`tierlab: built dist/ in ${(tookMs / 1_000).toFixed(2)} s\n`);
    for (const [name, bytes] of browserBytes)
      process.stderr.write(`tierlab: for browsers: ${name}, ${(bytes / 1_000).toFixed(0)} kB\n`);
  } catch (error) {
    process.stderr.write(`tierlab: ${error.message}\n`);
    process.exit(1);
  }
}
