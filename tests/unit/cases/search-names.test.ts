import { beforeAll, expect, test } from 'vitest';
import { wordNetPages } from '../../../corpus/wordnet.ts';
import { ambiguousWords, rankSenses } from '../../../scripts/relevance/senses.ts';
import { pagerank, popularities } from '../../../search/pagerank.ts';
import { createIndexBuilder } from '../../../services/database/index/builder.ts';
import { createInvertedIndex } from '../../../services/database/index/inverted-index.ts';
import { parse } from '../../../services/query/parse.ts';
import { engineWith } from './search-engine.ts';

/** WordNet in memory as one shard, searched with what the query generator plans. */
let find: (q: string, size: number) => string[];
let titles: Map<string, string>;
/** Names of one page only. */
let unambiguous: [name: string, id: string][];

beforeAll(() => {
  const pages = [...wordNetPages()].sort((a, b) => (a.id < b.id ? -1 : 1));
  titles = new Map(pages.map(({ id, title }) => [id, title]));
  const numbers = new Map(pages.map(({ id }, number) => [id, number]));
  const links = pages.flatMap((page, from) => page.links.map(({ id }) => ({ from, to: numbers.get(id)! })));
  const popularity = popularities(
    pagerank(
      pages.length,
      links.map(({ from }) => from),
      links.map(({ to }) => to),
    ),
  );
  const builder = createIndexBuilder();
  for (const [number, page] of pages.entries()) builder.add({ number, ...page, popularity: popularity[number]! });
  const index = createInvertedIndex(builder.finish());
  find = (q, size) => index.find(parse(q).plan, size, undefined).hits.map(({ doc }) => pages[doc]!.id);
  const byName = Map.groupBy(
    pages.flatMap(({ id, names = [] }) => names.map((name) => ({ id, name: name.toLowerCase() }))),
    ({ name }) => name,
  );
  unambiguous = [...byName].flatMap(([name, named]) => (named.length === 1 ? [[name, named[0]!.id]] : []));
}, 120_000);

test('S7 the common sense of a word comes first for half of the words', () => {
  const words = ambiguousWords(1_000);
  const { first, reciprocalRank } = rankSenses(words, new Map(words.map(({ lemma }) => [lemma, find(lemma, 10)])));
  console.log(`common sense first: ${(100 * first).toFixed(1)}%, mean reciprocal rank ${reciprocalRank.toFixed(3)}`);
  expect(first).toBeGreaterThanOrEqual(0.5);
  expect(reciprocalRank).toBeGreaterThanOrEqual(0.68);
});

test('S7 the page that is named exactly as the query comes first', () => {
  const asked = unambiguous.filter((_, i) => i % 60 === 0);
  const first = asked.filter(([name, id]) => find(name, 1)[0] === id).length;
  console.log(`page of this name first: ${first} of ${asked.length}`);
  expect(asked.length).toBeGreaterThan(1_500);
  expect(first / asked.length).toBeGreaterThanOrEqual(0.99);
});

test.each([
  ['car', 'car, auto, automobile, machine, motorcar'],
  ['dog', 'dog, domestic dog, Canis familiaris'],
  ['Dog', 'dog, domestic dog, Canis familiaris'],
  ['isle of wight', 'Wight, Isle of Wight'],
  ['"hot dog"', 'hotdog, hot dog, red hot'],
  ['bank category:noun.group', 'depository financial institution, bank, banking concern, banking company'],
  ['category:noun.animal', 'bird genus'],
])('S7 %s gives "%s" first', (q, title) => {
  expect(titles.get(find(q, 1)[0]!)).toBe(title);
});

const generic = [
  { id: 'exact', title: 'Red Wine', body: 'A drink.' },
  {
    id: 'longer',
    title: 'Red wine red wine vinegar',
    body: 'Red wine, red wine and red wine make vinegar.',
    keywords: ['red wine'],
  },
  { id: 'body', title: 'Cellar', body: 'red wine '.repeat(40) },
  { id: 'keyword', title: 'Shop', keywords: ['red wine'] },
  { id: 'many', title: 'Claret, the red', names: ['claret', 'Bordeaux wine', 'the red'], body: 'From France.' },
];
test.each([
  ['red wine', 'exact'],
  ['RED  WINE', 'exact'],
  ['claret', 'many'],
  ['the red', 'many'],
  ['bordeaux wine', 'many'],
])('S7 a title is a name: %s gives %s first', async (q, id) => {
  const engine = await engineWith(generic);
  expect((await engine.find(q))[0]).toBe(id);
});

test('S7 a word that stands in keywords only is found, and no phrase runs from one name into the next', async () => {
  const engine = await engineWith(generic);
  expect(await engine.find('red wine')).toContain('keyword');
  expect(await engine.find('"claret bordeaux"')).toEqual([]);
  expect(await engine.find('title:"bordeaux wine"')).toEqual(['many']);
});
