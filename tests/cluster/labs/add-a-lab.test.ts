import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { applyDiff, recipesIn } from '../contributing/recipes.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const checkout = mkdtempSync(path.join(tmpdir(), 'tierlab-add-a-lab-'));
afterAll(() => rmSync(checkout, { recursive: true, force: true }));

test('the lab of docs/howto/add-a-lab.md holds its audit', () => {
  for (const folder of ['cli', 'labs', 'loadgen', 'shared', 'web', 'services', 'search', 'corpus'])
    cpSync(path.join(root, folder), path.join(checkout, folder), { recursive: true });
  cpSync(path.join(root, 'package.json'), path.join(checkout, 'package.json'));
  symlinkSync(path.join(root, 'node_modules'), path.join(checkout, 'node_modules'));
  for (const { language, file, text } of recipesIn(readFileSync(path.join(root, 'docs/howto/add-a-lab.md'), 'utf8'))) {
    const target = path.join(checkout, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, language === 'diff' ? applyDiff(readFileSync(target, 'utf8'), text) : text);
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, ['labs/main.ts', 'audit', '90', '--runs', '1000'], {
    cwd: checkout,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/correct (999|1000) of 1000, do-nothing 0 of 20, broken 0 of 20, control 0 of 20/);
  expect(status).toBe(0);
});
