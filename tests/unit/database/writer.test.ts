import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { shardFiles } from '../../../services/database/files.ts';
import type { SourcePage } from '../../../search/source-page.ts';
import { openStore, type Store } from '../../../services/database/store.ts';
import { writeShard, type WriteProgress } from '../../../services/database/writer.ts';
import { seededRandom } from '../../../shared/time/random.ts';
import { madePages } from './made-pages.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const dog: SourcePage = {
  id: 'n2',
  title: 'dog, hound',
  body: 'a dog\'s dog; "dogs bark" <b>\'; drop table pages; --</b> 🐕',
  keywords: ['animal', 'Canis "familiaris"'],
  url: '/page/n2',
  links: [
    { id: 'n9', relation: 'hypernym', title: 'canine' },
    { id: 'n1', relation: 'antonym' },
    { id: 'elsewhere', relation: 'hyponym' },
  ],
  popularity: 0.25,
  signature: 'abc',
};
const cat: SourcePage = {
  id: 'n1',
  title: 'cat',
  body: 'a cat',
  keywords: [],
  url: 'http://example.org/?a=1&b',
  links: [],
  popularity: 1,
};

let folder: string;

beforeEach(() => {
  folder = join(temporaryFolder(), 'shard-1-of-1');
});

function open(): Store {
  const store = openStore(shardFiles(folder).store);
  onTestFinished(store.close);
  return store;
}

/** Those of two pages that are stored. */
function storedIds(): string[] {
  const pages = open().pages(['n1', 'n2']);
  return pages.map(({ id }) => id);
}

test('a page with 10,000 links to pages with long titles is a short reply', async () => {
  const title = '🐕'.repeat(1_000);
  const links = Array.from({ length: 10_000 }, (_, i) => ({ id: `p${i}`, relation: 'links to', title }));
  await writeShard(folder, [cat, { ...dog, links: [{ id: 'n1', relation: 'links to' }, ...links] }]);
  const [page] = open().pages(['n2']);
  expect(page!.links.length).toBe(10_001);
  expect(page!.links[0]).toEqual({ id: 'n1', relation: 'links to', title: 'cat' });
  expect(page!.links[1]).toEqual({ id: 'p0', relation: 'links to', title: '🐕'.repeat(400) });
});

test('pages come back unchanged, in the order asked for, with their links; unknown ids are left out', async () => {
  expect(await writeShard(folder, [dog, cat])).toBe(2);
  const { signature, popularity, ...page } = dog;
  expect({ signature, popularity }).toEqual({ signature: 'abc', popularity: 0.25 });
  expect(open().pages(['n1', 'no such page', "' or 1=1 --", 'n2'])).toEqual([
    { id: 'n1', title: 'cat', body: 'a cat', keywords: [], url: 'http://example.org/?a=1&b', links: [], version: 1 },
    {
      ...page,
      version: 1,
      signature,
      links: [
        { id: 'n9', relation: 'hypernym', title: 'canine' },
        { id: 'n1', relation: 'antonym', title: 'cat' },
        { id: 'elsewhere', relation: 'hyponym', title: 'elsewhere' },
      ],
    },
  ]);
});

test('the signature is kept beside its page', async () => {
  await writeShard(folder, [dog, cat]);
  const database = new DatabaseSync(shardFiles(folder).store, { readOnly: true });
  expect(database.prepare('select id, signature from pages order by id').all()).toEqual([
    { id: 'n1', signature: null },
    { id: 'n2', signature: 'abc' },
  ]);
  database.close();
});

test('the vocabulary counts pages, not occurrences, of words as people write them', async () => {
  await writeShard(folder, [dog, cat]);
  const { words, documents } = open().vocabulary('', 10_000);
  const counts = Object.fromEntries(words.map((word, i) => [word, documents[i]]));
  expect(words).toEqual(words.toSorted());
  expect(counts).toMatchObject({ a: 2, dog: 1, dogs: 1, bark: 1, cat: 1, animal: 1, familiaris: 1, '🐕': 1 });
  expect(counts['elsewhere']).toBeUndefined();
});

test('pages may come as they are read, and progress is told', async () => {
  const pages = madePages(seededRandom('progress'), 2_500);
  const seen: WriteProgress[] = [];
  async function* reading() {
    for (const page of pages) yield page;
  }
  expect(await writeShard(folder, reading(), (progress) => seen.push(progress))).toBe(2_500);
  expect(seen.filter(({ phase }) => phase === 'storing').map(({ pages }) => pages)).toEqual([1_000, 2_000, 2_500]);
  expect(seen.filter(({ phase }) => phase === 'indexing').map(({ pages }) => pages)).toEqual([1_000, 2_000, 2_500]);
});

test.each<[string, () => Iterable<SourcePage>, RegExp]>([
  ['a popularity over 1', () => [dog, { ...cat, popularity: 1.01 }], /page n1 has popularity 1.01/],
  ['a popularity that is no number', () => [{ ...dog, popularity: Number.NaN }], /page n2 has popularity NaN/],
  ['an id that comes twice', () => [dog, cat, { ...cat, title: 'another' }], /page n1 comes twice/],
  [
    'a source that breaks off',
    function* broken() {
      yield dog;
      throw new Error('the disk is gone');
    },
    /the disk is gone/,
  ],
])('%s changes nothing: the shard stays as it was', async (_, source, message) => {
  await writeShard(folder, [cat]);
  await expect(writeShard(folder, source())).rejects.toThrow(message);
  expect(readdirSync(dirname(folder))).toEqual(['shard-1-of-1']);
  expect(storedIds()).toEqual(['n1']);
});

test('neighbours are the nearest ids on each side, also of an id that is not there', async () => {
  await writeShard(
    folder,
    ['a', 'b', 'c', 'd', 'e'].map((id) => ({ ...cat, id, title: `title of ${id}`, popularity: 0.5 })),
  );
  const store = open();
  const idsOf = (id: string, size: number) => {
    const { before, after } = store.neighbours(id, size);
    return [before, after].map((pages) => pages.map((page) => page.id).join(''));
  };
  expect(idsOf('c', 1)).toEqual(['b', 'd']);
  expect(idsOf('c', 5)).toEqual(['ab', 'de']);
  expect(idsOf('bb', 2)).toEqual(['ab', 'cd']);
  expect(idsOf('a', 2)).toEqual(['', 'bc']);
  expect(store.neighbours('b', 1).before).toEqual([{ id: 'a', title: 'title of a' }]);
  expect([store.popularity('a'), store.popularity('z')]).toEqual([0.5, undefined]);
});

test('a shard replaces the one before it, whole; what an interrupted writer left is cleared away', async () => {
  mkdirSync(`${folder}.${process.pid}.partial`);
  writeFileSync(`${folder}.${process.pid}.partial/pages.sqlite`, 'half a page');
  await writeShard(folder, [cat]);
  const before = open();
  await writeShard(folder, [dog]);
  expect(storedIds()).toEqual(['n2']);
  expect(open().version).not.toBe(before.version);
  expect(readdirSync(dirname(folder))).toEqual(['shard-1-of-1']);
  expect(readdirSync(folder).toSorted()).toEqual(['index.bin', 'pages.sqlite']);
});

test('an empty shard is a shard', async () => {
  expect(await writeShard(folder, [])).toBe(0);
  expect(open().vocabulary('', 10_000)).toEqual({ words: [], documents: [] });
});

test('a store of another schema, or no store, is refused with a sentence and not touched', async () => {
  const { store } = shardFiles(folder);
  expect(() => openStore(store)).toThrow(/unable to open database file/);
  expect(existsSync(store)).toBe(false);
  await writeShard(folder, [cat]);
  const database = new DatabaseSync(store);
  database.exec('pragma user_version = 99');
  database.close();
  expect(() => openStore(store)).toThrow(/\bschema 99\b/);
});
