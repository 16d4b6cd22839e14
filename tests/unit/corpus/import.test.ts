import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { importPages } from '../../../corpus/import.ts';
import type { TaskProgress } from '../../../corpus/progress.ts';
import { importsDir, openSources, readSources, resetSources, sourcesFingerprint } from '../../../corpus/sources.ts';
import { codeOf, importedPages, jsonLines, put } from './helpers.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const cats = jsonLines(
  { id: 'cat', title: 'Cat', body: 'purrs', links: ['dog'] },
  { id: 'dog', title: 'Dog', body: 'barks', links: ['cat'] },
);

/** Everything below a folder, to see that nothing changed. */
function contentsOf(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => [entry.name, readFileSync(path.join(entry.parentPath, entry.name), 'utf8')]),
  );
}

test('pages are taken as they are, and join the default corpus', async () => {
  const dataDir = temporaryFolder();
  const file = put(temporaryFolder(), 'My Cats.jsonl', cats);
  const report = await importPages(file, { dataDir });
  expect(report).toMatchObject({
    name: 'my-cats',
    pages: 2,
    links: 2,
    skipped: 0,
    default: true,
    imports: [{ name: 'my-cats', pages: 2 }],
  });
  expect(importedPages(dataDir)).toEqual([
    {
      id: 'cat',
      title: 'Cat',
      body: 'purrs',
      keywords: [],
      url: '/page/cat',
      links: [{ id: 'dog', relation: 'links to' }],
    },
    {
      id: 'dog',
      title: 'Dog',
      body: 'barks',
      keywords: [],
      url: '/page/dog',
      links: [{ id: 'cat', relation: 'links to' }],
    },
  ]);
  const [source] = openSources(dataDir, { ...readSources(dataDir), default: false });
  expect([...source!.pages((id) => id === 'dog')].map((page) => page.id)).toEqual(['dog']);
});

test('lines that are no page are skipped, each with its number and reason', async () => {
  const lines = [
    Buffer.from('\uFEFF{"id":"a","title":"A"}'),
    Buffer.from('{"id":"b","title":'),
    Buffer.from('{"id":"a","title":"again"}'),
    Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
    Buffer.from(''),
    Buffer.from('{"id":"no good","title":"x"}'),
    Buffer.from(`{"id":"long","title":"x","body":"${'x'.repeat(9_000_000)}"}`),
    Buffer.from('{"id":"z","title":"Z"}\r'),
  ];
  const file = put(temporaryFolder(), 'mixed.jsonl', Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])));
  const dataDir = temporaryFolder();
  const report = await importPages(file, { dataDir });
  expect(report).toMatchObject({ pages: 2, skipped: 5 });
  expect(report.examples).toEqual([
    { where: 'line 2', reason: 'not JSON: {"id":"b","title":' },
    { where: 'line 3', reason: expect.stringMatching(/"a".*\bline 1\b/) },
    { where: 'line 4', reason: 'not UTF-8' },
    { where: 'line 6', reason: expect.stringMatching(/\b128\b.*"no good"/) },
    { where: 'line 7', reason: expect.stringMatching(/\b8 MB\b/) },
  ]);
  expect(importedPages(dataDir).map((page) => page.id)).toEqual(['a', 'z']);
});

test('of many mistakes of one kind a few are shown and all are counted', async () => {
  const bad = Array.from({ length: 50 }, (_, i) => ({ id: `bad ${i}`, title: 'x' }));
  const file = put(temporaryFolder(), 'bad.jsonl', jsonLines({ id: 'good', title: 'x' }, ...bad));
  const report = await importPages(file, { dataDir: temporaryFolder() });
  expect(report.reasons).toEqual([{ reason: expect.stringMatching(/\b128\b/), count: 50 }]);
  expect(report.examples).toHaveLength(5);
});

test.each([
  ['an empty file', ''],
  ['blank lines', '\n\n  \n'],
  ['HTML', '<html><body>no</body></html>'],
  ['a JSON list of pages', JSON.stringify([{ id: 'a', title: 'A' }])],
])('%s is refused, and changes nothing', async (_name, content) => {
  const dataDir = temporaryFolder();
  await importPages(put(temporaryFolder(), 'cats.jsonl', cats), { dataDir });
  const before = contentsOf(dataDir);
  const work = importPages(put(temporaryFolder(), 'cats.jsonl', content), { dataDir, replace: true });
  expect(await codeOf(work)).toBe('nothing_valid');
  expect(contentsOf(dataDir)).toEqual(before);
});

test('a missing file, a folder and a bad name are refused in one sentence', async () => {
  const dataDir = temporaryFolder();
  const file = put(temporaryFolder(), 'cats.jsonl', cats);
  await expect(importPages('/no/such/file.jsonl', { dataDir })).rejects.toThrow('/no/such/file.jsonl');
  expect(await codeOf(importPages(temporaryFolder(), { dataDir }))).toBe('not_found');
  for (const name of ['', '../x', 'a/b', 'Upper', 'a b', '.x', 'x'.repeat(41), 'wordnet', 'manifest']) {
    expect(await codeOf(importPages(file, { dataDir, name })), name).toBe('bad_name');
  }
  expect(contentsOf(dataDir)).toEqual({});
});

test('an import takes the place of an earlier one of its name, and joins those of other names', async () => {
  const dataDir = temporaryFolder();
  const file = put(temporaryFolder(), 'cats.jsonl', cats);
  await importPages(file, { dataDir, name: 'one' });
  await importPages(file, { dataDir, name: 'two' });
  writeFileSync(file, jsonLines({ id: 'cow', title: 'Cow' }));
  const report = await importPages(file, { dataDir, name: 'one' });
  expect(report.imports).toEqual([
    { name: 'two', pages: 2 },
    { name: 'one', pages: 1 },
  ]);
  expect(importedPages(dataDir).map((page) => page.id)).toEqual(['cat', 'dog', 'cow']);
  expect(readdirSync(importsDir(dataDir)).filter((name) => name.startsWith('one.'))).toHaveLength(1);
});

test('replacing leaves the default corpus out until it is reset', async () => {
  const dataDir = temporaryFolder();
  const file = put(temporaryFolder(), 'cats.jsonl', cats);
  const untouched = sourcesFingerprint(readSources(dataDir));
  expect((await importPages(file, { dataDir, replace: true })).default).toBe(false);
  expect((await importPages(file, { dataDir, name: 'more' })).default).toBe(false);
  expect(openSources(dataDir, readSources(dataDir)).map((source) => source.name)).toEqual(['cats', 'more']);
  const before = await resetSources(dataDir);
  expect(before.imports.map((entry) => entry.name)).toEqual(['cats', 'more']);
  expect(readSources(dataDir)).toEqual({ default: true, imports: [] });
  expect(sourcesFingerprint(readSources(dataDir))).toBe(untouched);
  expect(readdirSync(importsDir(dataDir))).toEqual(['manifest.json']);
});

test('the fingerprint of the sources changes with the content and only with it', async () => {
  const file = put(temporaryFolder(), 'cats.jsonl', cats);
  const fingerprintAfter = async (content: string, replace = false) => {
    writeFileSync(file, content);
    const dataDir = temporaryFolder();
    await importPages(file, { dataDir, replace });
    return sourcesFingerprint(readSources(dataDir));
  };
  const first = await fingerprintAfter(cats);
  expect(await fingerprintAfter(cats)).toBe(first);
  expect(await fingerprintAfter(cats.replace('purrs', 'meows'))).not.toBe(first);
  expect(await fingerprintAfter(cats, true)).not.toBe(first);
});

test('an import that is stopped changes nothing', async () => {
  const dataDir = temporaryFolder();
  await importPages(put(temporaryFolder(), 'cats.jsonl', cats), { dataDir });
  const before = contentsOf(dataDir);
  const many = Array.from({ length: 20_000 }, (_, i) => ({ id: `p${i}`, title: `Page ${i}` }));
  const file = put(temporaryFolder(), 'many.jsonl', jsonLines(...many));
  const stop = new AbortController();
  const seen: TaskProgress[] = [];
  const onProgress = (progress: TaskProgress) => {
    seen.push(progress);
    if (seen.length === 3) stop.abort();
  };
  expect(await codeOf(importPages(file, { dataDir, signal: stop.signal, onProgress }))).toBe('cancelled');
  expect(seen).toHaveLength(3);
  expect(contentsOf(dataDir)).toEqual(before);
});

test('progress grows to the size of the file', async () => {
  const many = Array.from({ length: 5_000 }, (_, i) => ({ id: `p${i}`, title: `Page ${i}` }));
  const content = jsonLines(...many);
  const seen: TaskProgress[] = [];
  await importPages(put(temporaryFolder(), 'many.jsonl', content), {
    dataDir: temporaryFolder(),
    onProgress: (progress) => seen.push(progress),
  });
  expect(seen.length).toBeGreaterThan(4);
  expect(seen.map((progress) => progress.done)).toEqual(seen.map((progress) => progress.done).sort((a, b) => a - b));
  expect(seen.at(-1)).toEqual({ phase: 'import', done: content.length, total: content.length });
});

test('a damaged manifest is reported, not overwritten', async () => {
  const dataDir = temporaryFolder();
  const manifest = put(importsDir(dataDir), 'manifest.json', '{"default":');
  expect(() => readSources(dataDir)).toThrow(/manifest\.json is damaged/);
  expect(await codeOf(importPages(put(temporaryFolder(), 'cats.jsonl', cats), { dataDir }))).toBe('damaged');
  expect(readFileSync(manifest, 'utf8')).toBe('{"default":');
});

test('drafts of imports that died are swept away, those of living ones are not', async () => {
  const dataDir = temporaryFolder();
  put(importsDir(dataDir), 'draft-2147483647-1.jsonl', 'x');
  put(importsDir(dataDir), `draft-${process.pid}-99.jsonl`, 'x');
  await importPages(put(temporaryFolder(), 'cats.jsonl', cats), { dataDir });
  const left = readdirSync(importsDir(dataDir)).filter((name) => name.startsWith('draft'));
  expect(left).toEqual([`draft-${process.pid}-99.jsonl`]);
});
