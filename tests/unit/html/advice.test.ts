import { expect, test } from 'vitest';
import { adviceFor } from '../../../services/html/advice.ts';

const proposals = (q: string) => adviceFor(q).flatMap((advice) => advice.q ?? []);

test.each([
  ['plain words give no proposal', 'zzz qqq', []],
  ['a phrase is tried as words', '"house cat"', ['house cat']],
  ['exclusions are left out', 'cat -house -"wild cat"', ['cat']],
  [
    'only phrases that are wanted lose their quotation marks',
    '"house cat" -"wild cat"',
    ['house cat -"wild cat"', '"house cat"'],
  ],
  ['a field is widened', 'title:cat', ['cat']],
  ['an exclusion of a field is left out', 'cat -body:dog', ['cat', 'cat -dog']],
  ['a hyphen inside a word is no exclusion', 'well-known', []],
  ['what leaves nothing is not proposed', '-cat', []],
])('%s', (_name, q, expected) => {
  expect(proposals(q)).toEqual(expected);
});

test('exclusions alone are named as what is wrong', () => {
  expect(adviceFor(' -dog -title:cat').map(({ text }) => text)).toEqual([
    'Exclusions alone find nothing: add a word to look for.',
  ]);
});

test('there is always something to try', () => {
  expect(adviceFor('zzz').map(({ text }) => text)).toEqual(['Check the spelling, or try a more general word.']);
});
