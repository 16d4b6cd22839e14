import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { freePortBase } from '../../support/cluster.ts';
import { applyDiff, recipesIn } from './recipes.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const checkout = temporaryFolder();
const recipes = recipesIn(readFileSync(path.join(root, 'CONTRIBUTING.md'), 'utf8'));

/** Runs a program in the checkout; its output, or an error that shows it. */
function run(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: checkout, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}
const tierlab = (...args: string[]) => run('npm', 'run', '-s', 'tierlab', '--', ...args);

beforeAll(() => {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  for (const file of listed.toString().split('\0')) {
    if (file === '' || file.startsWith('tests/')) continue;
    mkdirSync(path.dirname(path.join(checkout, file)), { recursive: true });
    cpSync(path.join(root, file), path.join(checkout, file));
  }
  const installed = [path.join(root, 'node_modules'), path.join(checkout, 'node_modules')] as const;
  if (spawnSync('cp', ['-al', ...installed]).status !== 0)
    cpSync(...installed, { recursive: true, verbatimSymlinks: true });

  for (const { language, file, text } of recipes) {
    const target = path.join(checkout, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, language === 'diff' ? applyDiff(readFileSync(target, 'utf8'), text) : text);
  }
});

test('the page has a recipe for a component, a topology, a layer and a fault', () => {
  expect(recipes.map(({ file }) => file)).toEqual([
    'services/echo/contract.ts',
    'services/echo/component.ts',
    'services/registry.ts',
    'topologies/echoes.json',
    'shared/rpc/layers/overload/size-limit.ts',
    'shared/rpc/mechanisms.ts',
    'shared/rpc/mechanisms.ts',
    'shared/rpc/server-layers.ts',
    'shared/rpc/server-layers.ts',
    'shared/faults/limp-fixed.ts',
    'shared/faults/kinds.ts',
    'shared/faults/kinds.ts',
  ]);
});

test('what the recipes add has the project’s format and types', () => {
  run('node_modules/.bin/oxfmt', '--check', ...new Set(recipes.map(({ file }) => file)));
  run('node_modules/.bin/tsc', '--noEmit');
}, 180_000);

test('the topology starts, the component answers, the layer refuses and the fault makes it late', async () => {
  const portBase = await freePortBase();
  const where = ['--port-base', String(portBase), '--data', path.join(checkout, 'data')];
  const say = async (text = 'hello') => {
    const startedAt = performance.now();
    const response = await fetch(`http://127.0.0.1:${portBase + 101}/rpc/echo/say`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text }),
    });
    return { status: response.status, answer: await response.json(), tookMs: performance.now() - startedAt };
  };
  tierlab('up', '--detach', '--chaos', '--topology', 'echoes', ...where);
  try {
    expect((await say()).answer).toEqual({ text: 'hello', node: 'echo-1' });
    const long = 'x'.repeat(100);
    expect((await say(long)).status).toBe(200);
    tierlab('policy', '{"sizeLimit":{"maxCharacters":20}}', ...where);
    expect(await say(long)).toMatchObject({ status: 413, answer: { code: 'too_large' } });
    expect((await say()).status).toBe(200);
    const fault = ['limp.fixed', '--target', 'echo-1', '--delay-ms', '700', '--ttl', '30s'];
    tierlab('chaos', 'inject', ...fault, ...where);
    expect((await say()).tookMs).toBeGreaterThan(690);
  } finally {
    tierlab('down', ...where);
  }
});
