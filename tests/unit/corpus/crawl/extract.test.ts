import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { extract } from '../../../../corpus/crawl/extract.ts';

const page = (body: string, head = '') =>
  extract(`<!doctype html><html><head>${head}</head><body>${body}</body></html>`);

test('the title is the title, else the first heading, else what it is for other sites', () => {
  expect(page('<h1>Heading</h1>', '<title> The\n title </title>').title).toBe('The title');
  expect(page('<h1>The <i>first</i> heading</h1><h1>second</h1>').title).toBe('The first heading');
  expect(page('x', '<meta property="og:title" content="For others">').title).toBe('For others');
  expect(page('<svg><title>A drawing</title></svg><h1>Heading</h1>').title).toBe('Heading');
  expect(page('x').title).toBe('');
});

test('text keeps words apart that stand apart, and together what is one word', () => {
  expect(page('<p>one</p><p>two</p>three<br>four').text).toBe('one\ntwo\nthree\nfour');
  expect(page('un<b>believ</b>able').text).toBe('unbelievable');
  expect(page('<ul><li>a<li>b</ul>').text).toBe('a\nb');
  expect(page('<table><tr><td>1</td><td>2</td></tr><tr><th>3<td>4</table>').text).toBe('1\t2\n3\t4');
  expect(page('a&nbsp;b&amp;c&#8364;&lt;p&gt;').text).toBe('a b&c€<p>');
  expect(page('look: <img src=x alt="a cat">here').text).toBe('look: a cat here');
  expect(page('<pre>int  main(void)\n{</pre>').text).toBe('int main(void) {');
});

test('what no reader sees is no text', () => {
  const unseen = [
    '<script>var x = "no"</script>',
    '<style>p { no: no }</style>',
    '<noscript>no</noscript>',
    '<template>no</template>',
    '<svg><text>no</text></svg>',
    '<textarea>no</textarea><select><option>no</select><button>no</button>',
    '<!-- no -->',
    '<p hidden>no</p>',
    '<p aria-hidden=true>no</p>',
  ];
  expect(page(`yes${unseen.join('')}`).text).toBe('yes');
});

test('menus, headers and footers are no text, but their links are found', () => {
  const found = page(`
    <nav><a href=n>menu</a></nav> <div class="site-header"><a href=h>brand</a></div> <div role=navigation>roles</div>
    <div id=breadcrumbs>crumbs</div>
    <main><header><h1>Title</h1></header>content <a href=c>link</a></main> <footer>imprint</footer>`);
  expect(found.text).toBe('Title\ncontent link');
  expect(found.links).toEqual([
    { href: 'n', furniture: true, nofollow: false },
    { href: 'h', furniture: true, nofollow: false },
    { href: 'c', furniture: false, nofollow: false },
  ]);
});

test('a page that is all menu has the menu as its text', () => {
  expect(page('<nav><a href=a>Alpha</a> <a href=b>Beta</a></nav>').text).toBe('Alpha Beta');
});

test('the description comes first, unless the text holds it', () => {
  const head = '<meta name=Description content="In short.">';
  expect(page('At length.', head).text).toBe('In short.\nAt length.');
  expect(page('In short. At length.', head).text).toBe('In short. At length.');
});

test('keywords are those of the author, each once', () => {
  expect(page('', '<meta name=keywords content="a b, c; a b,, d ">').keywords).toEqual(['a b', 'c', 'd']);
});

test('links are those that lead somewhere; those that ask not to be followed say so', () => {
  const found = page(
    '<a href=1>x</a><a name=2>x</a><a href=3 rel="noopener nofollow">x</a><map><area href=4></map><iframe ' +
      'src=5></iframe>',
  );
  expect(found.links.filter((link) => !link.nofollow).map((link) => link.href)).toEqual(['1', '4', '5']);
  expect(found.links.filter((link) => link.nofollow).map((link) => link.href)).toEqual(['3']);
});

test('frames are links', () => {
  expect(
    extract('<html><frameset><frame src=a.html><frame src=b.html></frameset></html>').links.map((link) => link.href),
  ).toEqual(['a.html', 'b.html']);
});

test('base, canonical address and refresh are found', () => {
  const head = '<base href="/x/"><link rel="Canonical" href="/y"><meta http-equiv=Refresh content="0; URL=\'z.html\'">';
  expect(page('', head)).toMatchObject({ base: '/x/', canonical: '/y', refresh: 'z.html' });
});

test.each([
  ['0;url=a', 'a'],
  ['0; URL="a b"', 'a b'],
  ['3,a.html', 'a.html'],
  [' 1 ; url = a ', 'a'],
  ['600', undefined],
  ['600; url=a', undefined],
  ['; url=a', undefined],
  ['x', undefined],
])('a refresh of %j leads to %j', (content, target) => {
  expect(page('', `<meta http-equiv="refresh" content='${content}'>`).refresh).toBe(target);
});

test.each([
  ['<meta name=robots content="noindex">', '', true, false],
  ['<meta name=ROBOTS content="NOINDEX, NOFOLLOW">', '', true, true],
  ['<meta name=robots content="none">', '', true, true],
  ['<meta name=tierlab content="nofollow">', '', false, true],
  ['<meta name=robots content="index,follow">', '', false, false],
  ['', 'noindex', true, false],
  ['', 'tierlab: nofollow', false, true],
  ['', 'googlebot: nofollow', false, false],
])('%s and the header %j are obeyed', (head, header, noindex, nofollow) => {
  expect(extract(`<html><head>${head}</head>x</html>`, { robotsHeaders: [header] }).robots).toEqual({
    noindex,
    nofollow,
  });
});

test('elements nested beyond reason are refused quickly, whatever they are', () => {
  for (const tag of ['<div>', '<b>', '<table><td>', '<svg><g>', '<a href=x><div>']) {
    expect(() => extract(tag.repeat(300_000)), tag).toThrow(/nest deeper/);
  }
  expect(page('<div>'.repeat(500) + 'deep').text).toBe('deep');
});

test('there is no markup that cannot be read', () => {
  const part = fc.constantFrom(
    '<',
    '>',
    '/',
    '<p',
    '<a href=',
    '"',
    "'",
    '</b>',
    '<b>',
    '<table>',
    '<td>',
    '<!--',
    '-->',
    '&#x',
    '&amp',
    '<script>',
    '</script',
    '\0',
    'ä',
    ' text ',
    '<svg>',
    '<title>',
    '<![CDATA[',
    '<frameset>',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
      const { title, text } = extract(parts.join(''));
      // Control characters would break what stores the page.
      expect(`${title}${text}`).not.toMatch(/(?![\n\t])\p{Cc}/u);
    }),
    { numRuns: 500 },
  );
});
