import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { applyDiff, recipesIn } from '../contributing/recipes.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const checkout = temporaryFolder();

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
