import { describe, expect, test } from 'vitest';
import { complete } from '../../../services/query/completion.ts';
import { buildVocabulary, documentsLike, wordsWithPrefix } from '../../../services/query/vocabulary.ts';

const vocabulary = buildVocabulary([
  { words: ['cat', 'catalogue', 'cats', 'the', 'theatre', 'мир'], documents: [9, 4, 6, 99, 3, 2] },
  { words: ['cat', 'catamaran', 'dog', '東京'], documents: [5, 4, 8, 1] },
]);

test('the shards add up, in the order of the alphabet', () => {
  const words = ['cat', 'catalogue', 'catamaran', 'cats', 'dog', 'the', 'theatre', 'мир', '東京'];
  expect(vocabulary.words).toEqual(words);
  expect([...(vocabulary.documents as Uint32Array)]).toEqual([14, 4, 4, 6, 8, 99, 3, 2, 1]);
});

test('words that come in the order of code points are brought into that of code units', () => {
  // U+FF5A comes before U+1D41A by code point, after it by code unit.
  const { words, documents } = buildVocabulary([{ words: ['a', '\uFF5A', '\u{1D41A}'], documents: [1, 2, 3] }]);
  expect(words).toEqual(['a', '\u{1D41A}', '\uFF5A']);
  expect([...(documents as Uint32Array)]).toEqual([1, 3, 2]);
});

test('the words of a prefix stand together', () => {
  const { from, to } = wordsWithPrefix(vocabulary, 'cata');
  expect(vocabulary.words.slice(from, to)).toEqual(['catalogue', 'catamaran']);
});

test('a word is as known as the most frequent word of its stem', () => {
  const forms = buildVocabulary([
    { words: ['happily', 'happy', 'relate', 'relation', 'relative'], documents: [2, 7, 3, 5, 1] },
  ]);
  expect(documentsLike(forms, 'happiness', Infinity)).toBe(7);
  expect(documentsLike(forms, 'relational', Infinity)).toBe(5);
  expect(documentsLike(forms, 'hap', Infinity)).toBe(0);
});

describe('completion', () => {
  test.each([
    ['gives the most frequent words first, equal ones by alphabet', 'ca', ['cat', 'cats', 'catalogue', 'catamaran']],
    [
      'keeps what stands before the last word as it was typed',
      'The  Big-DOG title:"cata',
      ['The  Big-DOG title:"catalogue', 'The  Big-DOG title:"catamaran'],
    ],
    ['reads the prefix like a word', 'CÁT', ['cats', 'catalogue', 'catamaran']],
    ['leaves out stop words', 'th', ['theatre']],
    ['works in other scripts', 'ми', ['мир']],
    ['has nothing to add to a word that is over', 'cat ', []],
    ['has nothing to add to nothing', '', []],
    ['has nothing to add to punctuation', '"-', []],
    ['knows no word that begins so', 'zzz', []],
  ])('%s', (_, typed, expected) => {
    expect(complete(vocabulary, typed, 10)).toEqual(expected);
  });

  test('gives no more than was asked for, the best', () => {
    expect(complete(vocabulary, 'c', 2)).toEqual(['cat', 'cats']);
  });
});
