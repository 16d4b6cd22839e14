import type { SourcePage } from '../../../search/source-page.ts';

const page = (
  id: string,
  title: string,
  body: string,
  links: SourcePage['links'] = [],
  extra: Partial<SourcePage> = {},
): SourcePage => ({
  id,
  title,
  body,
  keywords: [],
  url: `/page/${id}`,
  links,
  popularity: links.length / 10,
  ...extra,
});

/** Strings that try to become something else: markup, a statement, a header, an address that runs. */
export const attacks = [
  '<script>window.hacked=1</script>',
  '"><img src=x onerror=window.hacked=1>',
  "' onmouseover='window.hacked=1",
  '</title><svg onload=window.hacked=1>',
  '<!--',
  ']]>',
  '{{7*7}} ${7*7}',
  '&lt;b&gt;',
  "'; DROP TABLE pages; --",
  "' OR '1'='1",
  '1; SELECT sqlite_version()',
  'x" UNION SELECT signature FROM pages --',
  'title:* NEAR(a b) AND "',
  'a\r\nset-cookie: hacked=1',
  'a\u0000b',
  '../../../etc/passwd',
  'javascript:window.hacked=1',
  '\u202Egnp.exe',
  '\uFEFF\u200B',
];

/** Pages that are honest, linked, enough for several pages of results; and pages that are attacks. */
export const smallCorpus: SourcePage[] = [
  page('dog', 'dog, domestic dog', 'a domesticated animal that barks; "the dog barked all night"', [
    { id: 'animal', relation: 'hypernym', title: 'animal' },
    { id: 'puppy', relation: 'hyponym', title: 'puppy' },
  ]),
  page('animal', 'animal', 'a living thing that moves', [
    { id: 'dog', relation: 'hyponym', title: 'dog, domestic dog' },
  ]),
  page('puppy', 'puppy', 'a young dog', [{ id: 'dog', relation: 'hypernym', title: 'dog, domestic dog' }]),
  page('cat', 'cat, house cat', 'a domesticated animal that purrs', [
    { id: 'animal', relation: 'hypernym', title: 'animal' },
  ]),
  ...Array.from({ length: 40 }, (_, i) =>
    page(`breed-${i}`, `breed number ${i}`, `one of many breeds of dogs, number ${i}`, [
      { id: 'dog', relation: 'hypernym', title: 'dog, domestic dog' },
    ]),
  ),
  ...attacks.map((attack, i) =>
    page(
      `attack-${i}`,
      `hostile ${attack}`,
      `hostile page: ${attack}`,
      [{ id: 'dog', relation: attack, title: attack }],
      {
        url: i % 2 === 0 ? `javascript:window.hacked=${i}` : `/page/attack-${i}`,
        keywords: [attack],
      },
    ),
  ),
];
