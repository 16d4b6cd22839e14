import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { correct, didYouMean } from '../../../services/query/spelling.ts';
import { neighbours } from '../../../services/query/edit-distance.ts';
import { parse } from '../../../services/query/parse.ts';
import { finish } from '../../../shared/time/work.ts';
import { buildTrie } from '../../../services/query/trie.ts';
import { buildVocabulary } from '../../../services/query/vocabulary.ts';

/** The definition, as a table of all pairs of beginnings: optimal string alignment. */
function distance(a: string, b: string): number {
  const table: number[][] = [];
  for (let i = 0; i <= a.length; i++) {
    table.push([]);
    for (let j = 0; j <= b.length; j++) {
      const changed = (table[i - 1]?.[j - 1] ?? Infinity) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (table[i - 2]?.[j - 2] ?? Infinity) + 1 : Infinity;
      const ways = [(table[i - 1]?.[j] ?? Infinity) + 1, (table[i]![j - 1] ?? Infinity) + 1, changed, swapped];
      table[i]!.push(i + j === 0 ? 0 : Math.min(...ways));
    }
  }
  return table[a.length]![b.length]!;
}

test('the trie finds exactly the words that are near, at their distance', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.uniqueArray(word, { maxLength: 60 }), word, fc.constantFrom(1, 2, 3), (list, typed, maxDistance) => {
      const words = list.sort();
      const found = neighbours(finish(buildTrie(words)), typed, maxDistance);
      const seen = found.map((near) => `${words[near.word]} ${near.distance}`).sort();
      const expected = words.map((w) => ({ w, d: distance(typed, w) })).filter(({ d }) => d <= maxDistance);
      return JSON.stringify(seen) === JSON.stringify(expected.map(({ w, d }) => `${w} ${d}`).sort());
    }),
    { numRuns: 200 },
  );
}, 60_000);

const vocabulary = buildVocabulary([
  {
    words: ['elephant', 'elephants', 'house', 'hart', 'receive', 'relate', 'the', 'thier', 'wheel'],
    documents: [40, 20, 900, 1, 60, 9, 9_000, 1, 30],
  },
  {
    words: ['horse', 'hour', 'house', 'part', 'their', 'mouse', 'привет'],
    documents: [50, 70, 100, 900, 5_000, 20, 4],
  },
]);

describe('a word', () => {
  test.each([
    ['with a letter missing', 'elephnt', 'elephant'],
    ['with two letters swapped', 'recieve', 'receive'],
    ['with two mistakes, if it is long', 'elefant', 'elephant'],
    ['that could be several becomes the most frequent', 'houze', 'house'],
    ['in another script', 'превет', 'привет'],
    ['that somebody mistyped in the corpus too', 'thier', 'their'],
  ])('%s is corrected', (_, typed, expected) => {
    expect(correct(vocabulary, typed)).toBe(expected);
  });

  test.each([
    ['that is known', 'horse'],
    ['whose stem is known', 'relational'],
    ['that is rare but whose neighbours are not a thousand times more frequent', 'hart'],
    ['that nothing is near to', 'xylophone'],
    ['with two mistakes, if it is short', 'huorx'],
  ])('%s is left alone', (_, typed) => {
    expect(correct(vocabulary, typed)).toBeUndefined();
  });
});

describe('a query', () => {
  const suggestion = (q: string) => didYouMean(vocabulary, q, parse(q).words);

  test('keeps everything but the misspelt words, operators and spaces too', () => {
    expect(suggestion('title:Elephnt  -mouze "the  whel" houses')).toBe('title:elephant  -mouze "the  wheel" houses');
  });

  test('of known words gets no suggestion, nor does an empty one', () => {
    expect(suggestion('the elephant house')).toBeUndefined();
    expect(suggestion('')).toBeUndefined();
  });

  test('is left alone while no vocabulary has arrived', () => {
    const q = 'elephnt';
    expect(didYouMean(buildVocabulary([]), q, parse(q).words)).toBeUndefined();
  });

  test('with numbers, short words, emoji or pairs of characters is not corrected', () => {
    expect(suggestion('h0use hrt 🐘 東京都')).toBeUndefined();
  });

  test('of hundreds of unknown words costs no more than a few: only the first doubtful ones are looked at', () => {
    const unknown = Array.from(
      { length: 500 },
      (_, i) => `qz${String.fromCharCode(97 + (i % 26), 97 + Math.floor(i / 26))}vx`,
    );
    expect(suggestion(['elephnt', ...unknown, 'recieve'].join(' '))).toBe(
      ['elephant', ...unknown, 'recieve'].join(' '),
    );
  });
});
