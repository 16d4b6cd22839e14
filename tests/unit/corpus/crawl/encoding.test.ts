import { expect, test } from 'vitest';
import { decodeHtml } from '../../../../corpus/crawl/encoding.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const utf8 = (text: string) => Buffer.from(text, 'utf8');
const meta = (charset: string) => `<meta charset="${charset}">`;

test.each([
  ['UTF-8 that says so', utf8(`${meta('utf-8')}Käse €`), undefined, 'Käse €', 'utf-8'],
  ['UTF-8 that says nothing', utf8('Käse €'), undefined, 'Käse €', 'utf-8'],
  ['UTF-8 that says it is Latin-1', utf8(`${meta('iso-8859-1')}Käse €`), undefined, 'Käse €', 'utf-8'],
  ['UTF-8 of a server that says Latin-1', utf8('Käse €'), 'ISO-8859-1', 'Käse €', 'utf-8'],
  ['UTF-8 with a byte order mark', utf8('\uFEFFKäse'), 'iso-8859-1', 'Käse', 'utf-8'],
  ['Latin-1 that says so', latin1(`${meta('iso-8859-1')}Käse`), undefined, 'Käse', 'windows-1252'],
  ['Latin-1 that says nothing', latin1('Käse'), undefined, 'Käse', 'windows-1252'],
  ['Latin-1 that says it is UTF-8', latin1(`${meta('utf-8')}Käse`), undefined, 'Käse', 'windows-1252'],
  ['Cyrillic of a server that says so', Buffer.from([0xcc, 0xc9, 0xd2]), 'koi8-r', 'лир', 'koi8-r'],
  [
    'Cyrillic that says so itself',
    Buffer.concat([latin1(meta('windows-1251')), Buffer.from([0xec, 0xe8, 0xf0])]),
    undefined,
    'мир',
    'windows-1251',
  ],
  [
    'Japanese that says so',
    Buffer.concat([latin1(meta('shift_jis')), Buffer.from([0x93, 0xfa, 0x96, 0x7b])]),
    undefined,
    '日本',
    'shift_jis',
  ],
  ['UTF-16 with a byte order mark', Buffer.from('\uFEFFKäse', 'utf16le'), 'utf-8', 'Käse', 'utf-16le'],
  ['an encoding that nobody knows', utf8(`${meta('klingon')}Käse`), 'x-unheard-of', 'Käse', 'utf-8'],
  ['an encoding that only the standard knows', latin1(`${meta('x-user-defined')}Käse`), undefined, 'Käse', undefined],
  ['nothing', Buffer.alloc(0), undefined, '', undefined],
])('%s is read', (_name, bytes, charset, text, encoding) => {
  const decoded = decodeHtml(bytes, { charset });
  expect(decoded.text.replace(/<meta[^>]*>/, '')).toBe(text);
  if (encoding !== undefined) expect(decoded.encoding).toBe(encoding);
});

test('one bad byte among good UTF-8 spoils one character only', () => {
  const bytes = Buffer.concat([utf8(`${meta('utf-8')}Käse `), Buffer.from([0xff]), utf8(' Öl')]);
  expect(decodeHtml(bytes).text).toContain('Käse \uFFFD Öl');
});
