import { expect, test } from 'vitest';
import { checkPage } from '../../../corpus/check-page.ts';
import { decodeHtml } from '../../../corpus/crawl/encoding.ts';
import { extract } from '../../../corpus/crawl/extract.ts';
import { crawlFolder, html } from './crawl-folder.ts';

test.each([
  ['noindex;nofollow', true, true],
  ['index; NOFOLLOW', false, true],
  ['max-snippet:-1;noindex', true, false],
  ['max-image-preview:none; index', false, false],
])('C4 authors write semicolons, too: %s', (content, noindex, nofollow) => {
  expect(extract(`<meta name=robots content="${content}">x`).robots).toEqual({ noindex, nofollow });
  expect(extract('x', { robotsHeaders: [content] }).robots).toEqual({ noindex, nofollow });
});

const xhtml = (head: string, body: string) =>
  `<html xmlns="http://www.w3.org/1999/xhtml"><head>${head}</head><body>${body}</body></html>`;
const drawing = '<svg xmlns="http://www.w3.org/2000/svg"><title>S</title></svg>';

test.each([
  ['an attribute without a value', xhtml('<title>T</title><script async src="x"/>', 'text')],
  ['an attribute without quotes', xhtml('<title>T</title><script src=x />', 'text')],
  [
    'an entity of the document type',
    `<!DOCTYPE html [<!ENTITY text "text">]>${xhtml('<title>T</title><script/>', '&text;')}`,
  ],
  ['drawings with titles of their own', xhtml('<title/>', `${drawing}<h1>T</h1>`)],
  [
    'a formula with its source',
    xhtml('<title>T</title>', '<math><mtext>text</mtext><annotation>\\text</annotation></math>'),
  ],
  ['a byte order mark', `\uFEFF<?xml version="1.0"?>${xhtml('<title>T</title><style/>', 'text')}`],
])('C5 XHTML with %s is read', async (_kind, source) => {
  const { titles, bodies } = await crawlFolder({ 'p.html': source });
  expect(titles).toEqual(['T']);
  expect(bodies[0]).toMatch(/^(?:text|T)$/);
});

test('C5 a long entity that occurs often neither ends the crawl nor fills the memory', async () => {
  const declared = `<?xml version="1.0"?><!DOCTYPE html [<!ENTITY long "${'x'.repeat(30_000)}">]>`;
  const { titles, bodies } = await crawlFolder({
    'a.html': declared + xhtml('<title>A</title>', '&long;'.repeat(30_000)),
    'b.html': declared + xhtml('<title>B</title>', 'a &long;'),
  });
  expect(titles).toEqual(['A', 'B']);
  expect(bodies.map((body) => body.length < 1_000_000)).toEqual([true, true]);
  expect(bodies[1]).toMatch(/^a x{30000}$/);
});

test.each([
  ['frames', 'a<noframes><p>no <b>frames</b></p></noframes>b', 'ab'],
  ['plug-ins', 'a<noembed><b>x</b></noembed>b', 'ab'],
  ['a script inside a word', 'wo<script>x</script>rd', 'word'],
  ['a style inside a word', 'wo<style>x</style><template>y</template>rd', 'word'],
  ['brackets of ruby', '<ruby>\u6F22<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>', '\u6F22 kan'],
  [
    'readings of ruby',
    '<p><ruby>\u6771<rt>tou</rt>\u4EAC<rt>kyou</rt></ruby>\u306B<p>x',
    '\u6771\u4EAC\u306B toukyou\nx',
  ],
  ['a footnote mark', 'red<sup><a href=#n>1</a></sup> H<sub>2</sub>O x<sup>2</sup>', 'red 1 H2O x2'],
  ['a bar', 'red<progress>50%</progress><meter>2</meter>wine', 'red wine'],
  ['the source of a formula', '<math><mi>m</mi><annotation>\\frac</annotation></math> end', 'm end'],
  ['text that a search in the page unfolds', 'a<div hidden="until-found">folded</div>', 'a\nfolded'],
  [
    'the heading of an accordion',
    '<h2><button>Question?</button></h2>Answer<button>Copy</button>',
    'Question?\nAnswer',
  ],
  ['old elements for programs', 'a<xmp><b>raw</b></xmp>b<listing>c</listing>d', 'a\n<b>raw</b>\nb\nc\nd'],
  ['decoration between words', '<b>red</b><i aria-hidden=true>|</i><b>wine</b>', 'red wine'],
  ['a canvas between words', 'red<canvas>x</canvas>wine', 'red wine'],
])('C10 the text is what a reader sees: %s', (_kind, body, text) => {
  expect(extract(`<!doctype html><title>T</title>${body}`).text).toBe(text);
});

test('C10 a link in a drawing is a link, and the title of a drawing is no title of the page', () => {
  const { title, links } = extract(
    '<svg><title>S</title><a href="/one"></a><a xlink:href="/two"></a></svg><title>T</title>',
  );
  expect([title, links.map(({ href }) => href)]).toEqual(['T', ['/one', '/two']]);
});

test.each([
  ['0 url=/x', '/x'],
  ['.5; url=/x', '/x'],
  ["0; url='/x", '/x'],
  ["0; url='/x'y", '/x'],
  ['0; url=', undefined],
  ['0;', undefined],
])('C10 the refresh %j is read as browsers do', (content, target) => {
  expect(extract(`<meta http-equiv=refresh content="${content}">x`).refresh).toBe(target);
});

test('C10 pages that send their reader in a circle are pages', async () => {
  const to = (url: string) => `<meta http-equiv=refresh content="5;url=${url}">`;
  const { titles } = await crawlFolder({
    'a.html': html('A', 'one', to('b.html')),
    'b.html': html('B', 'two', to('a.html')),
    'c.html': html('C', 'three', to('c.html')),
    'd.html': html('D', 'four', to('')),
  });
  expect(titles).toEqual(['B', 'C', 'D']);
});

test('C10 a link that is no address, or that leads to a place without pages, is reported', async () => {
  const hrefs = ['http://[x/', '//', 'http://a b/', 'ftp://example.org/x', 'file:///x', 'mailto:a@b.c', 'javascript:x'];
  const { reasons } = await crawlFolder({ 'a.html': html('A', hrefs.map((href) => `<a href="${href}">x</a>`).join()) });
  expect(reasons).toEqual({ 'a link that is no valid address': 3, 'a link to somewhere else': 2 });
});

test.each(['javascript:void(0)', 'file:///C:/site/', 'data:text/html,x', 'about:blank', 'http://['])(
  'C10 the base %s does not take the links away',
  async (base) => {
    const { pages } = await crawlFolder({
      'a.html': html('A', '<a href="b.html">b</a>', `<base href="${base}">`),
      'b.html': html('B', 'x'),
    });
    expect(pages[0]?.links.map(({ id }) => id)).toEqual(['docs.b']);
  },
);

test('C10 a page with a NUL near its start is a page; a program is none', async () => {
  const { titles, reasons } = await crawlFolder({
    'a.html': '<html><head><title>A\0B</title></head><body>x',
    'b.html': Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0]),
  });
  expect(titles).toEqual(['A\uFFFDB']);
  expect(reasons).toEqual({ 'not an HTML page': 1 });
});

const latin = '<title>T</title>caf\u00E9';
test.each<[string, Uint8Array, string | undefined, string]>([
  [
    'UTF-16 in an XML declaration of ASCII',
    Buffer.from(`<?xml version="1.0" encoding="utf-16"?>${latin}`),
    undefined,
    'utf-8',
  ],
  ['UTF-16 by the server, without any zero byte', Buffer.from(latin), 'utf-16', 'utf-8'],
  ['UTF-16 without a mark', Buffer.from(latin, 'utf16le'), undefined, 'utf-16le'],
  ['UTF-16 without a mark, high bytes first', Buffer.from(latin, 'utf16le').swap16(), undefined, 'utf-16be'],
  [
    'UTF-8 declared as Chinese',
    Buffer.from('<meta charset=gb2312>\u8FD9\u662F\u4E00\u4E2A\u7F51\u9875'),
    undefined,
    'utf-8',
  ],
  ['UTF-8 declared as Japanese', Buffer.from('\u3053\u308C\u306F\u65E5\u672C\u8A9E'), 'shift_jis', 'utf-8'],
  ['UTF-8 declared as Korean', Buffer.from('\uC548\uB155\uD558\uC138\uC694'), 'euc-kr', 'utf-8'],
  ['two Chinese characters that are valid UTF-8, too', Buffer.from([0xc1, 0xaa, 0xcd, 0xa8]), 'gbk', 'gbk'],
])('C14 %s', (_kind, bytes, charset, encoding) => {
  const decoded = decodeHtml(bytes, { charset });
  expect(decoded.encoding).toBe(encoding);
  expect(decoded.text).not.toMatch(/[\0\uFFFD]/);
});

test.each(['\u200B', '\u00AD', '\u202E', '\uFEFF', '\u0000', '\u3164', '\u2800', ' \u2060 '])(
  'C16 a title of %j is no title, because nobody sees it',
  async (title) => {
    expect(checkPage({ id: 'a', title })).toMatchObject({ wrong: 'title must be a text' });
    const { titles } = await crawlFolder({
      'a.html': `<title>${title}</title><h1>Heading</h1>`,
      'b.html': `<title>${title}</title>text`,
    });
    expect(titles).toEqual([title === '\0' ? '\uFFFD' : 'Heading', title === '\0' ? '\uFFFD' : 'b']);
  },
);
