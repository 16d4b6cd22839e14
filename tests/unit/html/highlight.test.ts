import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { markTerms, highlight } from '../../../services/html/highlight.ts';

const marked = (text: string, ...terms: string[]) =>
  markTerms(text, new Set(terms))
    .map((part) => (part.marked ? `[${part.text}]` : part.text))
    .join('');

test.each([
  ['a word is marked in every form of its stem', 'Dogs and a dog; dogged', ['dog'], '[Dogs] and a [dog]; [dogged]'],
  ['accents and capitals do not matter', 'The CAFÉ', ['cafe'], 'The [CAFÉ]'],
  ['a part of a word is not a word', 'catalogue of cats', ['cat'], 'catalogue of [cats]'],
  ['neighbours keep the space between them', 'domestic dog', ['domest', 'dog'], '[domestic] [dog]'],
  ['a possessive is marked whole', "the dog's bone", ['dog'], "the [dog's] bone"],
  ['scripts without spaces get one mark for terms that overlap', '東京都です', ['東京', '京都', '京'], '[東京都]です'],
  ['an emoji is a word', 'a 🐕 barks', ['🐕'], 'a [🐕] barks'],
  ['nothing is marked for nothing', 'dog', [], 'dog'],
  ['an empty text stays empty', '', ['dog'], ''],
])('%s', (_name, text, terms, expected) => {
  expect(marked(text, ...terms)).toBe(expected);
});

test('marking never changes the text', () => {
  const word = fc.constantFrom(
    'dog',
    'Dogs',
    'cat',
    '東京',
    '<b>',
    '&amp;',
    "dog's",
    '🐕',
    'é',
    '\u0301',
    '\uD800',
    ' ',
    '-',
    '"',
  );
  fc.assert(
    fc.property(
      fc.string({ unit: word }),
      fc.uniqueArray(fc.constantFrom('dog', 'cat', '東', '東京', 'b', 'amp', '🐕', 'e')),
      (text, terms) => {
        expect(
          markTerms(text, new Set(terms))
            .map((part) => part.text)
            .join(''),
        ).toBe(text);
      },
    ),
    { numRuns: 1_000 },
  );
});

test('markup in a snippet is text, marked or not', () => {
  const html = highlight('<script>dog</script>', new Set(['script'])).map((part) => part.text);
  expect(html.join('')).toBe('&lt;<mark>script</mark>&gt;dog&lt;/<mark>script</mark>&gt;');
});
