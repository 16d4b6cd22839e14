import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createInvertedIndex } from '../../../services/database/index/inverted-index.ts';
import { finish } from '../../../shared/time/work.ts';
import { maxPassageLength, passageAt, passageReach } from '../../../services/database/passage.ts';
import { seededRandom } from '../../../shared/time/random.ts';
import { analyse } from '../../../search/text/analysis.ts';
import { drawText } from './made-pages.ts';
import { segmentOf } from './memory.ts';

const filler = 'plain words that say nothing much at all, again and again. '.repeat(40);

/** The passage that a search for `words` shows of a page with this body. */
function passageFor(body: string, words: string): string {
  const { segment } = segmentOf([{ id: 'a', title: words, keywords: [], body, url: '', links: [], popularity: 0 }]);
  const terms = analyse(words).terms.map((term) => ({ term, weight: 1 }));
  const found = createInvertedIndex(segment).find({ query: words, terms, phrases: [], exclusions: [] }, 1, undefined);
  return passageAt(body, finish(found.placeInBody(found.hits[0]!, body, passageReach)));
}

test('a short body is its own passage, with plain spaces', () => {
  expect(passageFor('a dog\n\n\tand a   cat ', 'dog')).toBe('a dog and a cat');
});

test('a passage shows the place where most of the query stands together', () => {
  const body = `${filler}here a dog alone. ${filler}Far away a dog met a striped cat! ${filler}another cat.`;
  const passage = passageFor(body, 'striped cat dog');
  expect(passage).toMatch(/^… Far away a dog met a striped cat! plain words/);
  expect(passage).toMatch(/ …$/);
  expect(passage.length).toBeLessThanOrEqual(maxPassageLength);
  expect(passage.length).toBeGreaterThan(maxPassageLength - 30);
});

test('a rare word is worth more than a frequent one', () => {
  const pages = ['cat', 'cat and dog', 'cat', 'cat'].map((title, i) => ({
    id: `p${i}`,
    title,
    keywords: [],
    body: i === 1 ? `${filler}a cat. ${filler}a dog. ${filler}` : '',
    url: '',
    links: [],
    popularity: 0,
  }));
  const { segment } = segmentOf(pages);
  const terms = ['cat', 'dog'].map((term) => ({ term, weight: 1 }));
  const found = createInvertedIndex(segment).find({ query: '', terms, phrases: [], exclusions: [] }, 1, undefined);
  const body = pages[1]!.body;
  expect(passageAt(body, finish(found.placeInBody(found.hits[0]!, body, passageReach)))).toContain('a dog');
});

test('every match of a long page counts as a step when it is read, sorted and weighed', () => {
  const words = Array.from({ length: 60 }, (_, i) => `word${i}`);
  const body = `${words.join(' ')} `.repeat(1_000);
  const { segment } = segmentOf([{ id: 'a', title: 'a', keywords: [], body, url: '', links: [], popularity: 0 }]);
  const terms = words.map((term) => ({ term, weight: 1 }));
  const found = createInvertedIndex(segment).find({ query: '', terms, phrases: [], exclusions: [] }, 1, undefined);
  const pieces = [...found.placeInBody(found.hits[0]!, body, passageReach)];
  expect(pieces.reduce((sum, steps) => sum + steps, 0)).toBeGreaterThan(2.5 * 60_000);
});

test('a body without the words gives its begin, one that ends with them its end in full', () => {
  expect(passageFor(filler, 'dog')).toMatch(/^plain words .* …$/);
  const ending = passageFor(`${filler}the dog`, 'dog');
  expect(ending).toMatch(/^… .* the dog$/);
  expect(ending.length).toBeGreaterThan(maxPassageLength - 60);
});

test('words, emoji families and scripts without spaces are not cut inside a character', () => {
  const family = '👨‍👩‍👧‍👦';
  expect(passageFor(`x${family.repeat(60)}`, 'zebra')).toMatch(new RegExp(`^x(${family})+ …$`, 'u'));
  const chinese = passageFor(`${'東京都の犬'.repeat(200)}猫${'京都'.repeat(200)}`, '猫');
  expect(chinese).toContain('猫');
  expect(chinese).toMatch(/^… .+ …$/);
  expect(passageFor(`${'क्षि '.repeat(10)}${'क्षि'.repeat(200)}`, 'dog').isWellFormed()).toBe(true);
});

test('the place is found in texts of every kind: near it stands the first of the words', () => {
  const random = seededRandom('places');
  for (let i = 0; i < 100; i++) {
    const before = drawText(random, Math.floor(random.next() * 400));
    const after = drawText(random, Math.floor(random.next() * 400));
    expect(passageFor(`${before}\n\nneedle ${after}`, 'needle')).toContain('needle');
  }
});

test('whatever the text, a passage is at most 240 characters of it, whole words and whole characters', () => {
  const text = fc.string({
    unit: fc.oneof(fc.string({ unit: 'grapheme', maxLength: 1 }), fc.constantFrom(' ', '\n', '. ', 'dog ')),
    maxLength: 900,
  });
  fc.assert(
    fc.property(text, fc.nat(900), (body, at) => {
      const place = body.isWellFormed() ? Math.min(at, body.length) : 0;
      const passage = passageAt(body, place);
      expect(passage.length).toBeLessThanOrEqual(maxPassageLength);
      const bare = passage.replace(/^… /, '').replace(/ …$/, '');
      expect(body.replaceAll(/\s+/gu, ' ')).toContain(bare);
    }),
    { numRuns: 500, seed: 7 },
  );
});
