/** Tells whether dist/ was built from the sources as they are now. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** Folders and files from which the bundle is made; missing ones do not count. */
const sources = [
  'cli',
  'corpus',
  'labs/serve',
  'loadgen',
  'search',
  'services',
  'shared',
  'web',
  'scripts/build.mjs',
  'scripts/lib',
  'package-lock.json',
  'npm-shrinkwrap.json',
  'package.json',
  'tsconfig.json',
];

/** Written last by the build. */
export const stampFile = (root) => path.join(root, 'dist', '.built');

export function bundleIsCurrent(root) {
  const stamp = stampFile(root);
  if (!existsSync(stamp)) return false;
  const builtAtMs = statSync(stamp).mtimeMs;
  return sources.every((source) => newestMs(path.join(root, source)) < builtAtMs);
}

/** The latest change in a tree, ms since 1970; folders count too, because removing a file changes only its folder. */
function newestMs(entry) {
  const stat = statSync(entry, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(entry).reduce((newest, name) => Math.max(newest, newestMs(path.join(entry, name))), stat.mtimeMs);
}
