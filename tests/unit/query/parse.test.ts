import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isWordTerm } from '../../../search/names.ts';
import { maxTerms } from '../../../search/limits.ts';
import { parse } from '../../../services/query/parse.ts';
import { QueryPlan } from '../../../search/plan.ts';
import { Compile } from 'typebox/compile';

/**
 * A plan in one line, without the term of the whole name: terms (`field:term*weight`), then +phrases, then -exclusions.
 * Gaps in phrases are numbers.
 */
function shown(q: string): string {
  const { terms, phrases, exclusions } = parse(q).plan;
  const at = (field: string | undefined) => (field === undefined ? '' : `${field}:`);
  const phrase = ({ terms, positions, field }: QueryPlan['phrases'][number]) =>
    `${at(field)}(${terms.map((term, i) => (positions[i] === i ? term : `${positions[i]}=${term}`)).join(' ')})`;
  return [
    ...terms
      .filter(({ term }) => isWordTerm(term))
      .map(({ term, weight, field }) => `${at(field)}${term}${weight === 1 ? '' : `*${weight}`}`),
    ...phrases.map((p) => `+${phrase(p)}`),
    ...exclusions.map((p) => `-${phrase(p)}`),
  ].join(' ');
}

test.each([
  ['words are looked for by their stems', 'Cats & Dogs', 'cat dog'],
  ['a word said twice is one term of weight 2', 'dog cats dogs', 'dog*2 cat'],
  ['a phrase must stand there, and its words are scored', '"hot dogs" mustard', 'hot dog mustard +(hot dog)'],
  [
    'stop words inside a phrase must stand there but score nothing',
    '"wheel of fortune"',
    'wheel fortun +(wheel of fortun)',
  ],
  ['a phrase of stop words only is scored', '"to be" hamlet', 'to be hamlet +(to be)'],
  ['an exclusion is not scored', 'jaguar -car', 'jaguar -(car)'],
  ['a phrase can be excluded', 'wheel -"big wheel"', 'wheel -(big wheel)'],
  ['an excluded compound is a phrase', 'train -high-speed', 'train -(high speed)'],
  ['a field can be named', 'title:Dogs body:"hot dog"', 'title:dog body:hot body:dog +body:(hot dog)'],
  ['an exclusion can name a field', 'dog -keywords:animal -title:"hot dog"', 'dog -keywords:(anim) -title:(hot dog)'],
  ['the same word anywhere and in a field are two terms', 'dog title:dog', 'dog title:dog'],
  ['field names are not case-sensitive', 'TITLE:dog', 'title:dog'],
  ['other words before a colon are words', 'http://example.org c:dos', 'http exampl org c do'],
  ['a field without a word is a word', 'title: dog', 'titl dog'],
  ['a quote that is never closed is no quote', '"big red dog', 'big red dog'],
  ['the first two of three quotes are a phrase', '"a b" c" d', 'b c d +(a b)'],
  ['typographic quotes are quotes', '“hot dog” „big cat“', 'hot dog big cat +(hot dog) +(big cat)'],
  ['an empty phrase is nothing', '"" "!" dog', 'dog'],
  ['a hyphen inside a word or alone excludes nothing', 'well-known - dog --help', 'well known dog help'],
  ['only exclusions: nothing is asked for', '-dog -"hot dog"', '-(dog) -(hot dog)'],
  ['an empty query asks for nothing', ' \t\n', ''],
  ['punctuation asks for nothing', '?!... -" : "', ''],
  ['stop words go where several other words are left', 'what is the king of the castle', 'king castl'],
  ['a query of stop words only keeps them', 'to be or not to be', 'to*2 be*2 or not'],
  ['stop words stay beside a single other word', 'in fact', 'in fact'],
  ['but not the article before it', 'the cat', 'cat'],
  ['a stop word that ends the query is its point', 'log in', 'log in'],
  ['a stop word in a field is meant', 'title:the big cat', 'title:the big cat'],
  ['emoji are looked for', '🐕 ❤️', '🐕 ❤'],
  ['right-to-left scripts are words', 'שלום -عالم', 'שלום -(عالم)'],
  ['scripts without spaces are looked for by pairs', '東京都', '東京 京都'],
  ['a single character of them by itself', '猫', '猫'],
  ['as a phrase the pairs overlap', '"東京都"', '東京 京都 +(東京 京都)'],
])('%s', (_, q, expected) => {
  expect(shown(q)).toBe(expected);
});

test.each([
  ['a query is a name', 'Isle of  Wight', '=isle of wight'],
  ['a name in quotes', '"Isle of Wight"', '=isle of wight'],
  ['exclusions do not belong to the name', 'jaguar -car', '=jaguar'],
  ['neither does a category', 'cat category:noun.animal', '=cat'],
  ['stop words do', 'The Who', '=the who'],
  ['a name keeps its endings', 'Dogs', '=dogs'],
  ['a word of one field asks for more than a name', 'title:dog house', undefined],
  [
    'a long question is no name',
    'why do some people say this and others that when all of them saw the same thing',
    undefined,
  ],
])('the whole name: %s', (_, q, expected) => {
  expect(parse(q).plan.terms.find(({ term }) => term.startsWith('='))?.term).toBe(expected);
});

test.each([
  ['cat category:noun.animal', ['cat', '=cat'], [['#noun animal']], []],
  ['category:noun.animal', ['#noun animal'], [['#noun animal']], []],
  ['cat -category:"noun.person"', ['cat', '=cat'], [], [['#noun person']]],
])('a category is a filter: %s', (q, terms, phrases, exclusions) => {
  const { plan } = parse(q);
  expect(plan.terms.map(({ term }) => term)).toEqual(terms);
  expect(plan.phrases.map((phrase) => phrase.terms)).toEqual(phrases);
  expect(plan.exclusions.map((phrase) => phrase.terms)).toEqual(exclusions);
});

test('words stand where the user wrote them, without exclusions and operators', () => {
  const q = 'title:Elefant "big  Wheell" -truc';
  expect(parse(q).words.map(({ start, end }) => q.slice(start, end))).toEqual(['Elefant', 'big', 'Wheell']);
});

test('a query of 10,000 characters has a bounded number of terms, the first ones', () => {
  const q = Array.from({ length: 2_000 }, (_, i) => `w${i}x`)
    .join(' ')
    .slice(0, 10_000);
  const { terms } = parse(q).plan;
  expect(terms.length).toBe(maxTerms);
  expect(terms[0]!.term).toBe('w0x');
});

test('any text gives a valid plan, and the words it names stand in the query', () => {
  const valid = Compile(QueryPlan);
  const piece = fc.oneof(
    fc.constantFrom('"', '-', 'title:', 'body:', ' ', 'dog', 'the', '“', '東京', "'", ':'),
    fc.string({ unit: 'binary', maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const q = pieces.join('');
      const { plan, words } = parse(q);
      return (
        valid.Check(plan) &&
        [...plan.phrases, ...plan.exclusions].every(({ terms, positions }) => terms.length === positions.length) &&
        words.every(({ start, end }) => start < end && end <= q.length)
      );
    }),
    { numRuns: 300 },
  );
});

test('queries made to be slow are read in time that grows no faster than they do', () => {
  for (const unit of ['"a ', '-', 'title:', "a'", 'a"', '\u200d', '東', '👨‍👩‍👧', 'x-']) {
    const reads = (length: number) => {
      const q = unit.repeat(Math.ceil(length / unit.length));
      const startedAt = process.threadCpuUsage().user;
      parse(q);
      return process.threadCpuUsage().user - startedAt;
    };
    reads(10_000);
    // Four times the text: 4 times the work, 16 if it were quadratic. The floor keeps noise out of the quotient.
    const [short, long] = [Math.min(reads(10_000), reads(10_000)), Math.min(reads(40_000), reads(40_000))];
    expect(long / Math.max(short, 5_000), JSON.stringify(unit)).toBeLessThan(12);
  }
});
