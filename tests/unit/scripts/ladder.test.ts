import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { importsOf } from '../../../scripts/structure/imports.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const folderOf = (file: string): string => file.split('/')[1]!;

test('the folders of shared/ import down the picture of docs/architecture.md, never up', () => {
  const picture = read('docs/architecture.md').split('shared/   the middleware\n')[1]!.split('\n\n')[0]!;
  const order = [...picture.matchAll(/^\s+(\w+)\//gm)].map(([, folder]) => folder!);
  const files = execFileSync('git', ['ls-files', 'shared'], { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((file) => file.endsWith('.ts') && file.split('/').length > 2);
  expect([...new Set(files.map(folderOf))].toSorted()).toEqual(order.toSorted());
  const up = [...importsOf(new Map(files.map((file) => [file, read(file)])))].flatMap(([file, targets]) =>
    [...targets]
      .filter((target) => order.indexOf(folderOf(target)) < order.indexOf(folderOf(file)))
      .map((target) => `${file} imports ${target}`),
  );
  expect(up).toEqual([]);
});
