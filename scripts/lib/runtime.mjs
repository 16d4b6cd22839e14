/** Checks that `node`, as npm scripts find it, is the version that the project needs. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { npm } from './install.mjs';

/** Throws with one sentence and one command when no fitting Node.js runs here. */
export async function ensureRuntime(context) {
  const { root, warn, fail } = context;
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const wanted = manifest.devDependencies.node;
  const binary = path.join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const link = path.join(root, 'node_modules', '.bin', 'node');
  const major = (version) => Number.parseInt(version, 10);

  if (!existsSync(binary)) {
    warn(
      `install scripts are blocked here, so npm did not download Node.js ${wanted} (package "node"); this does it now`,
    );
    await npm(root, ['rebuild', 'node', '--ignore-scripts=false', '--loglevel=error']);
  }
  const verdict = judge(
    existsSync(binary) ? spawnSync(binary, ['--version'], { encoding: 'utf8' }) : undefined,
    osRelease(),
  );
  if (verdict === undefined) {
    if (!existsSync(link) && process.platform !== 'win32') {
      rmSync(link, { force: true });
      symlinkSync(path.join('..', 'node', 'bin', 'node'), link);
    }
    return;
  }
  if (major(process.versions.node) < major(wanted))
    throw fail(`${verdict} (Or install Node.js ${major(wanted)} yourself; this one is ${process.versions.node}.)`);
  // The package `node` does not work here, but the Node.js that runs this script is new enough. Without the link to the
  // package, npm scripts use this Node.js.
  rmSync(link, { force: true });
}

/** Undefined when `node --version` works; else the reason and the remedy in one or two sentences. */
export function judge(outcome, release) {
  if (outcome === undefined)
    return (
      'The npm package "node" did not bring Node.js, because its install step was blocked or failed. ' +
      'Allow it with: npm rebuild node --ignore-scripts=false'
    );
  if (outcome.status === 0) return undefined;
  const said = String(outcome.stderr ?? '').trim();
  if (said.includes('libatomic.so.1'))
    return `Node.js needs the system library libatomic. Install it with: ${libatomicCommand(release)}`;
  if (outcome.error?.code === 'ENOENT' || release.family.includes('alpine'))
    return (
      'Node.js from npm needs glibc, and this system (Alpine or another with musl) has none. ' +
      'Use Docker (docker compose up), or Node.js 26 from the system (apk add nodejs-current).'
    );
  const reason = said.split('\n')[0] || (outcome.error?.message ?? `exit code ${outcome.status}`);
  return `Node.js from the npm package "node" does not run here: ${reason}`;
}

function libatomicCommand({ family }) {
  const commands = [
    { names: ['debian', 'ubuntu'], command: 'sudo apt-get install -y libatomic1' },
    { names: ['fedora', 'rhel', 'centos'], command: 'sudo dnf install -y libatomic' },
    { names: ['suse', 'opensuse'], command: 'sudo zypper install -y libatomic1' },
    { names: ['arch'], command: 'sudo pacman -S gcc-libs' },
  ];
  const found = commands.find(({ names }) => names.some((name) => family.includes(name)));
  return found?.command ?? 'the package manager of this system (Debian, Ubuntu: libatomic1; Fedora: libatomic)';
}

/** The distribution and those it descends from, from os-release(5); empty elsewhere. */
function osRelease() {
  try {
    const text = readFileSync('/etc/os-release', 'utf8');
    const values = [...text.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)].map((match) => match[1]);
    return { family: values.flatMap((value) => value.split(' ')) };
  } catch {
    return { family: [] };
  }
}
