import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { dataFolder, freePortBase } from '../../support/cluster.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const root = path.resolve(import.meta.dirname, '../../..');
/** Where nothing listens: whoever asks a registry there fails at once. */
const nowhere = 'http://127.0.0.1:9/';
const folder = temporaryFolder();
const unpacked = path.join(folder, 'package');
let files: readonly string[];
let dataDir: string;

const env = { ...process.env, npm_config_offline: 'true', npm_config_registry: nowhere };
const npm = (...args: string[]) => spawnSync('npm', args, { cwd: unpacked, encoding: 'utf8', env });

beforeAll(async () => {
  const args = ['pack', '--silent', '--json', '--offline', '--pack-destination', folder];
  const [packed] = JSON.parse(execFileSync('npm', args, { cwd: root, encoding: 'utf8', env })) as [
    { filename: string; files: readonly { path: string }[] },
  ];
  files = packed.files.map((file) => file.path);
  execFileSync('tar', ['-xzf', path.join(folder, packed.filename), '-C', folder]);
  // hard links take a second where a copy takes a minute; cp of some systems knows none
  const installed = [path.join(root, 'node_modules'), path.join(unpacked, 'node_modules')] as const;
  if (spawnSync('cp', ['-al', ...installed]).status !== 0)
    cpSync(...installed, { recursive: true, verbatimSymlinks: true });
  dataDir = await dataFolder([{ id: 'dog', title: 'dog', body: 'a domestic animal that barks' }]);
});

test('the package holds the sources and the lock, and neither tests nor data nor reports', () => {
  const folders = new Set(files.filter((file) => file.includes('/')).map((file) => file.split('/', 1)[0]!));
  expect([...folders].sort()).toEqual([
    'chaos',
    'cli',
    'corpus',
    'docs',
    'grafana',
    'labs',
    'loadgen',
    'scripts',
    'search',
    'services',
    'shared',
    'topologies',
    'web',
  ]);
  expect(files).toContain('npm-shrinkwrap.json');
  expect(files).toContain('NOTICE');
  expect(existsSync(path.join(root, 'npm-shrinkwrap.json'))).toBe(false);
  expect(readFileSync(path.join(unpacked, 'npm-shrinkwrap.json'))).toEqual(
    readFileSync(path.join(root, 'package-lock.json')),
  );
});

test('unpacked beside its installed packages it builds, starts, searches and stops without a network', async () => {
  const where = ['--port-base', String(await freePortBase()), '--data', dataDir];
  const up = npm('run', '-s', 'tierlab', '--', 'up', '--detach', '--topology', 'single-server', ...where);
  try {
    expect(up.status, up.stderr + up.stdout).toBe(0);
    const search = npm('run', '-s', 'tierlab', '--', 'search', 'dog', ...where);
    expect(search.stdout, search.stderr).toContain('a domestic animal that barks');
  } finally {
    const down = npm('run', '-s', 'tierlab', '--', 'down', ...where);
    expect(down.status, down.stderr).toBe(0);
  }
});
