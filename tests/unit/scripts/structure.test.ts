import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { fileCircles, folderOf, mutualFolders } from '../../../scripts/structure/circles.ts';
import { missingDocuments } from '../../../scripts/structure/documents.ts';
import { importsOf } from '../../../scripts/structure/imports.ts';
import { doubleNames } from '../../../scripts/structure/names.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const imports = (files: Record<string, string>) => importsOf(new Map(Object.entries(files)));

test('a type-only import counts, and so do re-exports and dynamic imports', () => {
  const files = {
    'a.ts': "import type { B } from './b.ts';\nexport * from './c.ts';\nconst d = await import('./d.ts');",
    'b.ts': '',
    'c.ts': "import 'node:fs';",
    'd.ts': "import { x } from './not-there.ts';",
  };
  expect([...imports(files).get('a.ts')!]).toEqual(['b.ts', 'c.ts', 'd.ts']);
  expect([...imports(files).values()].map(({ size }) => size)).toEqual([3, 0, 0, 0]);
});

test.each([
  ['README.md', '.'],
  ['search/text/words.ts', 'search'],
  ['shared/rpc/layers/retries/retry.ts', 'shared/rpc'],
  ['services/registry.ts', 'services'],
])('%s belongs to the folder %s', (file, folder) => expect(folderOf(file)).toBe(folder));

test('two folders that import each other are named once, with an import of each direction', () => {
  const found = mutualFolders(
    imports({
      'shared/rpc/a.ts': "import type { B } from '../faults/b.ts';",
      'shared/faults/b.ts': '',
      'shared/faults/c.ts': "import { d } from '../rpc/d.ts';",
      'shared/rpc/d.ts': '',
      'web/e.ts': "import '../shared/rpc/d.ts';",
    }),
  );
  expect(found).toEqual([
    {
      folders: ['shared/faults', 'shared/rpc'],
      there: 'shared/faults/c.ts imports shared/rpc/d.ts',
      back: 'shared/rpc/a.ts imports shared/faults/b.ts',
    },
  ]);
});

test('top-level folders are compared as a whole, whichever of their folders the imports are in', () => {
  const files = {
    'services/app/a.ts': "import '../../cli/b.ts';",
    'cli/b.ts': '',
    'cli/c.ts': "import '../services/d.ts';",
  };
  const found = mutualFolders(imports({ ...files, 'services/d.ts': '' }));
  expect(found.map(({ folders }) => folders)).toEqual([['cli', 'services']]);
});

test('a circle of files is found however long it is; a diamond is none', () => {
  const circle = { 'a.ts': "import './b.ts'", 'b.ts': "import './c.ts'", 'c.ts': "import './a.ts'" };
  const diamond = { 'p.ts': "import './q.ts'; import './r.ts'", 'q.ts': "import './s.ts'", 'r.ts': "import './s.ts'" };
  expect(fileCircles(imports({ ...circle, ...diamond, 's.ts': '' }))).toEqual([['a.ts', 'b.ts', 'c.ts']]);
});

test('a document may name files from the root or from its own folder; comments count, code does not', () => {
  const files = new Set(['README.md', 'docs/a.md', 'docs/b.md', 'shared/rpc/call.ts']);
  const texts = new Map([
    ['docs/a.md', 'See [b](b.md), [top](../README.md), `shared/rpc/call.ts`, https://example.org/c.md.\nAnd gone.md.'],
    ['shared/rpc/call.ts', "// see docs/b.md and docs/none.md\nconst file = 'made-up.md';"],
  ]);
  expect(missingDocuments(texts, files)).toEqual([
    { file: 'docs/a.md', line: 2, named: 'gone.md' },
    { file: 'shared/rpc/call.ts', line: 1, named: 'docs/none.md' },
  ]);
});

test('a name that two files define is found; a schema with its type, and a member that does nothing, are fine', () => {
  const sources = new Map([
    ['a.ts', 'export const Page = Type.Object({});\nexport type Page = Static<typeof Page>;\nexport const none = 1;'],
    ['b.ts', "export { type Page } from './a.ts';\nexport function none() {}\nexport interface Store {}\nconst x = 1;"],
    ['c.ts', 'export async function Store() {}\nexport const x = 1;'],
  ]);
  expect(doubleNames(sources)).toEqual([{ name: 'Store', files: ['b.ts', 'c.ts'] }]);
});

/** Runs a check of this project in a checkout of its own that holds `files`. */
function checkout(files: Record<string, string>): string {
  const folder = temporaryFolder();
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  execFileSync('git', ['init', '-q'], { cwd: folder });
  return folder;
}

function structure(files: Record<string, string>) {
  const { status, stdout } = spawnSync(process.execPath, [path.join(root, 'scripts/structure.ts')], {
    cwd: checkout(files),
    encoding: 'utf8',
  });
  return { status, last: stdout.trimEnd().split('\n').at(-1) };
}

test('the check passes on a tidy checkout, and fails on each kind of disorder', () => {
  const tidy = { 'cli/a.ts': "import '../web/b.ts';", 'web/b.ts': '', 'README.md': 'See web/b.ts.' };
  const counts = (mutual: number, circles: number, missing: number, doubles: number) =>
    `${mutual} mutual folders, ${circles} file circles, ${missing} missing documents, ${doubles} double names`;
  expect(structure(tidy)).toEqual({ status: 0, last: counts(0, 0, 0, 0) });
  const mutual = { 'web/c.ts': "import type { D } from '../cli/d.ts';", 'cli/d.ts': '' };
  expect(structure({ ...tidy, ...mutual })).toEqual({ status: 1, last: counts(1, 0, 0, 0) });
  const circle = { 'web/b.ts': "import './c.ts';", 'web/c.ts': "import './b.ts';" };
  expect(structure({ ...tidy, ...circle })).toEqual({ status: 1, last: counts(0, 1, 0, 0) });
  const missing = { 'web/README.md': 'As docs/gone.md says.' };
  expect(structure({ ...tidy, ...missing })).toEqual({ status: 1, last: counts(0, 0, 1, 0) });
  const double = {
    'web/c.ts': 'export const a = 1;',
    'web/d.ts': 'export type a = 1;',
    'tests/e.ts': 'export const a = 1;',
  };
  expect(structure({ ...tidy, ...double })).toEqual({ status: 1, last: counts(0, 0, 0, 1) });
});

test('the check of unused code fails on an export that nobody imports', () => {
  const unusedIn = (source: string) => {
    const folder = checkout({
      'package.json': JSON.stringify({ name: 'x', type: 'module' }),
      'web/used.ts': source,
      'scripts/main.ts': "import { used } from '../web/used.ts';\nconsole.log(used);\n",
    });
    cpSync(path.join(root, 'knip.json'), path.join(folder, 'knip.json'));
    const knip = path.join(root, 'node_modules/knip/bin/knip.js');
    const { status, stdout } = spawnSync(process.execPath, [knip, '--no-progress', '--exports'], {
      cwd: folder,
      encoding: 'utf8',
    });
    return { status, names: stdout.includes('forgotten') };
  };
  expect(unusedIn('export const used = 1;\n')).toEqual({ status: 0, names: false });
  expect(unusedIn('export const used = 1;\nexport const forgotten = 2;\n')).toEqual({ status: 1, names: true });
}, 30_000);
