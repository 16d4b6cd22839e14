/**
 * Prepares a fresh clone; it needs only Node.js 20 or newer and npm. It installs the packages, checks that the
 * project's own Node.js (the npm package `node`) runs, and builds the bundle. When there is nothing to do, it costs
 * little. It is plain JavaScript without dependencies, because it runs before anything is installed. It writes only to
 * stderr, because stdout belongs to the command that follows.
 *
 *   node scripts/bootstrap.mjs [--no-build] [--quiet]
 */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleIsCurrent } from './lib/bundle-age.mjs';
import { install, packagesAreCurrent } from './lib/install.mjs';
import { watchParent } from '../shared/parent-watch.mjs';
import { ensureRuntime } from './lib/runtime.mjs';

/** A failure that the person at the terminal can read. */
export class BootstrapError extends Error {}

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const oldestMajor = 20;

/** Brings `projectRoot` up to date; throws BootstrapError. */
export async function bootstrap(projectRoot, options) {
  const say = (text) => process.stderr.write(`tierlab: ${text}\n`);
  if (Number.parseInt(process.versions.node, 10) < oldestMajor)
    throw new BootstrapError(
      `Node.js ${process.versions.node} is too old for this project. ` +
        `Install version ${oldestMajor} or newer (nodejs.org).`,
    );
  const context = {
    root: projectRoot,
    say: options.quiet ? () => undefined : say,
    warn: say,
    fail: (text) => new BootstrapError(text),
  };
  const installed = () => packagesAreCurrent(projectRoot);
  const built = () => !options.build || bundleIsCurrent(projectRoot);
  if (!installed() || !built()) {
    await underLock(path.join(projectRoot, 'dist', '.lock'), say, async () => {
      // Checked again, because another run may have done it while this one waited for the lock.
      if (!installed()) await install(context);
      await ensureRuntime(context);
      if (!built()) {
        const { build } = await import(pathToFileURL(path.join(projectRoot, 'scripts', 'build.mjs')).href);
        const { tookMs } = await build(projectRoot);
        context.say(`built dist/ in ${(tookMs / 1_000).toFixed(1)} s`);
      }
    });
  } else await ensureRuntime(context);
}

/** Runs `work` while holding a lock file, so that two runs in one clone do not install into each other. */
async function underLock(file, say, work) {
  mkdirSync(path.dirname(file), { recursive: true });
  for (let announced = false; ;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const holder = holderOf(file);
      if (holder === undefined) rmSync(file, { force: true });
      else {
        if (!announced) say(`another command (process ${holder}) is installing or building here; waiting for it`);
        announced = true;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    await work();
  } finally {
    release();
    process.removeListener('exit', release);
  }
}

/** The living process that holds the lock; undefined when it is gone. */
function holderOf(file) {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    // A lock without a number is just being written, unless it is old.
    if (!Number.isInteger(pid)) return Date.now() - statSync(file).mtimeMs < 2_000 ? 'unknown' : undefined;
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return error.code === 'EPERM' ? 'of another user' : undefined;
  }
}

if (process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const known = ['--no-build', '--quiet'];
  const unknown = process.argv.slice(2).find((argument) => !known.includes(argument));
  if (unknown !== undefined) {
    process.stderr.write(`tierlab: bootstrap does not know ${unknown}\n`);
    process.exit(2);
  }
  // The lock is removed however this run ends.
  const end = () => process.exit(130);
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGTERM']) process.once(signal, end);
  watchParent(end);
  try {
    await bootstrap(root, { build: !process.argv.includes('--no-build'), quiet: process.argv.includes('--quiet') });
  } catch (error) {
    process.stderr.write(
      `tierlab: ${error instanceof BootstrapError ? error.message : `could not get ready: ${error.message}`}\n`,
    );
    process.exit(1);
  }
}
