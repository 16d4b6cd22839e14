import { expect, test } from 'vitest';
import { isPageId } from '../../../corpus/page.ts';
import { parseSynset, wordNetPageCount, wordNetPages } from '../../../corpus/wordnet.ts';
import { domains } from '../../../corpus/wordnet-relations.ts';

const pages = [...wordNetPages()];
const byId = new Map(pages.map((page) => [page.id, page]));

test('every synset of WordNet 3.1 is a page with an id of its own', () => {
  expect(wordNetPageCount).toBe(117_791);
  expect(pages.length).toBe(wordNetPageCount);
  expect(byId.size).toBe(wordNetPageCount);
});

test('every page has an id that fits addresses, a title, a text and a domain', () => {
  const wrong = pages.filter(
    (page) => !isPageId(page.id) || page.title === '' || page.body === '' || !domains.includes(page.category ?? ''),
  );
  expect(wrong).toEqual([]);
});

test('every link leads to another page of the dictionary, once for each relation', () => {
  const dead = pages.flatMap((page) => page.links.filter((link) => !byId.has(link.id) || link.id === page.id));
  expect(dead).toEqual([]);
  const repeated = pages.filter(
    (page) => new Set(page.links.map((link) => `${link.id} ${link.relation}`)).size < page.links.length,
  );
  expect(repeated).toEqual([]);
});

test('relations have names, no symbols', () => {
  const relations = new Set(pages.flatMap((page) => page.links.map((link) => link.relation)));
  expect([...relations].filter((relation) => !/^[a-z ]+$/.test(relation))).toEqual([]);
  expect(relations.size).toBe(26);
});

test('a relation and its inverse agree all over the dictionary', () => {
  const has = (from: string, relation: string, to: string) =>
    byId.get(from)?.links.some((link) => link.id === to && link.relation === relation) ?? false;
  const unanswered = pages.flatMap((page) =>
    page.links.filter((link) => link.relation === 'hypernym' && !has(link.id, 'hyponym', page.id)),
  );
  expect(unanswered).toEqual([]);
});

test('a dog is a canine, a domestic animal and a member of its genus', () => {
  const dog = pages.find((page) => page.title === 'dog, domestic dog, Canis familiaris');
  expect(dog).toMatchObject({
    id: 'n02086723',
    url: '/page/n02086723',
    names: ['dog', 'domestic dog', 'Canis familiaris'],
    category: 'noun.animal',
    keywords: [],
  });
  expect(dog?.body).toMatch(/^a member of the genus Canis .*; "the dog barked all night"$/);
  const linked = dog?.links.map((link) => `${link.relation}: ${byId.get(link.id)?.title}`);
  expect(linked).toContain('hypernym: canine, canid');
  expect(linked).toContain('hypernym: domestic animal, domesticated animal');
  expect(linked).toContain('member holonym: Canis, genus Canis');
});

test('satellite adjectives are pages among the other adjectives, and are linked as such', () => {
  const satellite = parseSynset('00003700 00 s 01 dissilient 0 001 & 00003553 a 0000 | bursting open with force  ');
  expect(satellite.id).toBe('a00003700');
  expect(satellite.links).toEqual([{ id: 'a00003553', relation: 'similar to' }]);
  expect(pages.filter((page) => page.id.startsWith('a')).length).toBe(7_468 + 10_717);
});

test('adjectives lose the marker of their position, but keep brackets that are part of the word', () => {
  expect(parseSynset('00014858 00 s 02 galore(ip) 0 well_off(p) 1 000 | in great numbers').title).toBe(
    'galore, well off',
  );
  expect(parseSynset('00014858 00 n 01 A_(music) 0 000 | x').title).toBe('A (music)');
});

test('a link between two words counts as one between their pages, once', () => {
  const line =
    '00001740 29 v 02 breathe 0 respire 0 003 + 00832852 n 0303 + 00832852 n 0101 ^ 00004227 v 0103 01 + 02 00 ' +
    '| to draw air';
  expect(parseSynset(line).links).toEqual([
    { id: 'n00832852', relation: 'derivationally related' },
    { id: 'v00004227', relation: 'also see' },
  ]);
});

test('the count of words is hexadecimal', () => {
  const words = Array.from({ length: 16 }, (_, i) => `w${i} 0`).join(' ');
  expect(parseSynset(`00000001 03 n 10 ${words} 000 | x`).title.split(', ')).toHaveLength(16);
});

test('a reader who wants some pages gets just those, as they are', () => {
  const satellite = pages.find(
    (page) => page.id.startsWith('a') && page.links.some((link) => link.relation === 'similar to'),
  )!;
  const wanted = new Set(['n02086723', satellite.id, 'v00001740', 'r00001740']);
  const some = [...wordNetPages((id) => wanted.has(id))];
  expect(some.map((page) => page.id).sort()).toEqual([...wanted].sort());
  for (const page of some) expect(page).toEqual(byId.get(page.id));
});
