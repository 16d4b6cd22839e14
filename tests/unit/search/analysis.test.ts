import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { analyse, maxWordLength } from '../../../search/text/analysis.ts';

/** Terms with their positions: `cafe@0 owner@1`. */
function shown(text: string): string {
  const { terms, positions } = analyse(text);
  return terms.map((term, i) => `${term}@${positions[i]}`).join(' ');
}

test.each([
  ['words are stemmed and lower-cased', 'The Cats RUNNING', 'the@0 cat@1 run@2'],
  ['accents of Latin letters do not matter', 'Café, naïve, İzmir', 'cafe@0 naiv@1 izmir@2'],
  ['composed and decomposed letters are the same', '\u00e9clair e\u0301clair', 'eclair@0 eclair@1'],
  ['wide and ligature forms are the same as plain ones', 'ｗｉｄｅ ﬁsh', 'wide@0 fish@1'],
  ['inner apostrophes join, a possessive goes', "don't o'clock John’s dogs'", 'dont@0 oclock@1 john@2 dog@3'],
  [
    'hyphens, underscores and dots part words',
    'high-speed sqlite3_open 3.14',
    'high@0 speed@1 sqlite3@2 open@3 3@4 14@5',
  ],
  ['an emoji is a word, whatever its skin or variant', '🐕 👍🏽 ❤️ ❤ 👨‍👩‍👧 🇩🇪', '🐕@0 👍@1 ❤@2 ❤@3 👨‍👩‍👧@4 🇩🇪@5'],
  ['signs that are no words count for nothing', '© ® ™ — … $ +', ''],
  ['scripts without spaces are read as characters and pairs', '東京都', '東@0 東京@0 京@1 京都@1 都@2'],
  ['half-width kana are the same as full-width ones', 'ﾄﾞｱ', analysedLike('ドア')],
  ['vowel signs stay with their letters in other scripts', 'नमस्ते שלום مرحبا', 'नमस्ते@0 שלום@1 مرحبا@2'],
  ['mixed scripts go on counting', 'visit 東京 now', 'visit@0 東@1 東京@1 京@2 now@3'],
])('%s', (_, text, expected) => {
  expect(shown(text)).toBe(expected);
});

function analysedLike(text: string): string {
  return shown(text);
}

test('offsets point to the word in the text as it was written', () => {
  const text = 'A Café-owner’s 🐕, 東京';
  const { starts, ends } = analyse(text);
  expect(starts.map((start, i) => text.slice(start, ends[i]))).toEqual([
    'A',
    'Café',
    'owner’s',
    '🐕',
    '東',
    '東京',
    '京',
  ]);
});

test('words as people write them are kept beside the stems', () => {
  expect(analyse('Running Elephants').words).toEqual(['running', 'elephants']);
});

test('a word of any length gives a term of bounded length, and the next word is read', () => {
  const { terms } = analyse(`${'x'.repeat(5_000)} ${'é'.repeat(5_000)} end`);
  expect(terms.map(({ length }) => length)).toEqual([maxWordLength, maxWordLength, 3]);
});

test('any text at all is read: positions never fall, offsets stay inside, no term is empty', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
      const { terms, positions, starts, ends } = analyse(text);
      return terms.every(
        (term, i) =>
          term !== '' && positions[i]! >= (positions[i - 1] ?? 0) && starts[i]! < ends[i]! && ends[i]! <= text.length,
      );
    }),
    { numRuns: 200 },
  );
});

test('lone surrogates and control characters are passed over', () => {
  expect(shown('\ud800dog\udfff \u0000cat\u202e')).toBe('dog@0 cat@1');
});
