import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { collectionNames, readCollection } from '../../../scripts/relevance/collection.ts';
import { ambiguousWords, rankSenses } from '../../../scripts/relevance/senses.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const script = path.resolve(import.meta.dirname, '../../../scripts/relevance.ts');

function run(args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

test('a collection is read whole; a page without a title gets its number, which no question asks for', () => {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, 'small'));
  writeFileSync(path.join(folder, 'ndcg.mjs'), '');
  const docs = '{"id":"1","title":"A","text":"a b"}\n{"id":"2","title":"","text":"c"}\n\n{"id":"3"}\n';
  writeFileSync(path.join(folder, 'small', 'docs.jsonl.gz'), gzipSync(docs));
  writeFileSync(path.join(folder, 'small', 'queries.tsv'), '7\twhat is a ?\n9\tb\n');
  expect(collectionNames(folder)).toEqual(['small']);
  const { pages, queries } = readCollection(folder, 'small');
  expect(pages).toEqual([
    { id: '1', title: 'A', body: 'a b' },
    { id: '2', title: '2', body: 'c' },
    { id: '3', title: '3', body: '' },
  ]);
  expect(queries).toEqual([
    { id: '7', q: 'what is a ?' },
    { id: '9', q: 'b' },
  ]);
});

test('where the collections are absent it says so, and nothing has failed', async () => {
  const { code, stdout } = await run(['--data', temporaryFolder()]);
  expect(code).toBe(0);
  expect(stdout.trim().split('\n')).toEqual([
    expect.stringMatching(/^skipped: cranfield/),
    expect.stringMatching(/^skipped: medline/),
  ]);
}, 60_000);

test('a wrong option is a mistake in usage: one sentence, exit code 2', async () => {
  const { code, stderr } = await run(['--bogus']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^relevance: .*--bogus/);
  expect(stderr).not.toMatch(/ {4}at /);
}, 60_000);

test('the senses judged are the same each time, and each has a common one', () => {
  const words = ambiguousWords(50);
  expect(ambiguousWords(50)).toEqual(words);
  expect(words.length).toBe(50);
  for (const { counts } of words) {
    const [most = 0, next = 0] = [...counts.values()].sort((a, b) => b - a);
    expect(most).toBeGreaterThan(next);
  }
  expect(
    ambiguousWords(100_000)
      .find(({ lemma }) => lemma === 'dog')
      ?.counts.get('n02086723'),
  ).toBe(42);
});

test('a common sense in first place counts 1, in second a half, absent 0', () => {
  const word = (lemma: string) => ({
    lemma,
    counts: new Map([
      ['common', 5],
      ['rare', 1],
    ]),
  });
  const found = new Map([
    ['a', ['common', 'rare']],
    ['b', ['rare', 'common']],
    ['c', ['rare']],
  ]);
  expect(rankSenses(['a', 'b', 'c', 'd'].map(word), found)).toEqual({ first: 1 / 4, reciprocalRank: 1.5 / 4 });
});
