/** Installs the packages of the lock file, once per version of that file. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const stampOf = (root) => path.join(root, 'node_modules', '.tierlab-installed');
/** A package made by `npm pack` carries its lock under the other name that npm knows. */
const lockOf = (root) =>
  [path.join(root, 'package-lock.json'), path.join(root, 'npm-shrinkwrap.json')].find((file) => existsSync(file));

/** True when node_modules holds the packages of the lock file. */
export function packagesAreCurrent(root) {
  const lock = readFileSync(lockOf(root));
  const digest = createHash('sha256').update(lock).digest('hex');
  if (readOr(stampOf(root), '') === digest) return true;
  // npm's own record of what it installed: people also run `npm ci` themselves
  const record = readOr(path.join(root, 'node_modules', '.package-lock.json'), undefined);
  if (record === undefined || !covers(JSON.parse(record).packages, JSON.parse(lock).packages)) return false;
  writeFileSync(stampOf(root), digest);
  return true;
}

/** Whether the packages `have` are those of `want`; optional ones may be absent (they are for other platforms). */
export function covers(have, want) {
  return Object.entries(want).every(([name, { version, integrity, optional, devOptional }]) => {
    if (name === '') return true;
    const found = have[name];
    if (found === undefined) return optional === true || devOptional === true;
    return found.version === version && found.integrity === integrity;
  });
}

/** Runs `npm ci`; throws with a sentence. */
export async function install({ root, say, fail }) {
  say(`installing the packages (npm ci; once, under a minute as a rule) ...`);
  const startedAt = performance.now();
  // Development packages are always included, whatever NODE_ENV says, because the bundler and the runtime are among
  // them.
  const { status, error } = await npm(root, [
    'ci',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]);
  if (error) throw fail(`npm could not be started (${error.code ?? error.message}): is npm installed?`);
  if (status !== 0) throw fail(`npm ci failed (exit code ${status}); its reason stands above.`);
  writeFileSync(
    stampOf(root),
    createHash('sha256')
      .update(readFileSync(lockOf(root)))
      .digest('hex'),
  );
  say(`installed in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
}

/**
 * Runs the npm that runs this script, or the npm on the PATH. Its output goes to stderr, and it ends with this process.
 * Resolves with its exit code, or with the error that prevented its start.
 */
export function npm(root, args) {
  const self = process.env.npm_execpath;
  const viaNode = self !== undefined && path.basename(self) === 'npm-cli.js' && existsSync(self);
  const [command, before] = viaNode ? [process.execPath, [self]] : ['npm', []];
  const child = spawn(command, [...before, ...args], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: !viaNode && process.platform === 'win32',
  });
  const end = () => child.kill();
  process.once('exit', end);
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ error }));
    child.once('exit', (status) => resolve({ status }));
  }).finally(() => process.off('exit', end));
}

function readOr(file, fallback) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return fallback;
  }
}
