import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ensureDataset } from '../../../corpus/build.ts';
import { crawl } from '../../../corpus/crawl/crawl.ts';
import { decodeHtml } from '../../../corpus/crawl/encoding.ts';
import { shardFiles } from '../../../services/database/files.ts';
import { shardFolder } from '../../../search/sharding.ts';
import { openStore } from '../../../services/database/store.ts';
import { put } from '../corpus/helpers.ts';
import { crawlFolder, html } from './crawl-folder.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const xmlns = 'xmlns="http://www.w3.org/1999/xhtml"';
const xhtml = (head: string, body: string) => `<html ${xmlns}><head>${head}</head><body>${body}</body></html>`;
const doctype =
  '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">';

test.each<[string, string, string, string]>([
  ['p.xhtml', xhtml('<title>T</title><script src="x.js"/>', '<p>text</p>'), 'T', 'text'],
  ['p.xhtml', xhtml('<title/>', '<h1>Heading</h1><p>text</p>'), 'Heading', 'Heading\ntext'],
  ['p.xhtml', xhtml('<title>T</title><style/>', '<textarea/><iframe src="x"/><p>text</p>'), 'T', 'text'],
  ['p.xhtml', xhtml('<title>T</title>', '<p><![CDATA[a < b]]></p>'), 'T', 'a < b'],
  ['p.xhtml', xhtml('<title>T</title>', '<p>caf&eacute;&nbsp;&#8364;&amp;</p>'), 'T', 'caf\u00E9 \u20AC&'],
  ['p.html', `<?xml version="1.0"?>${doctype}${xhtml('<title>T</title><script src="x"/>', 'text')}`, 'T', 'text'],
  ['p.html', `${doctype}${xhtml('<title>T</title><script src="x"/>', '<a href="?a=1&b=2">text</a>')}`, 'T', 'text'],
  ['p.xhtml', xhtml('<title>T</title><script src="x"/>', '<p>not<br>closed</p>'), 'T', 'not\nclosed'],
  [
    'p.xhtml',
    `<h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:title>T</h:title><h:p>text</h:p></h:html>`,
    'T',
    'text',
  ],
  ['p.html', '<title>T</title><script src="x"/>swallowed</script>text', 'T', 'text'],
])('C5 %s is read by what it is: %s', async (name, source, title, body) => {
  const { titles, bodies } = await crawlFolder({ [name]: source });
  expect([titles, bodies]).toEqual([[title], [body]]);
});

test.each([
  ['windows-1251', Buffer.from([0xec, 0xe8, 0xf0]), '\u043C\u0438\u0440'],
  ['iso-8859-1', Buffer.from([0xe9]), '\u00E9'],
  ['UTF-8', Buffer.from('\u00E9'), '\u00E9'],
  ['shift_jis', Buffer.from([0x93, 0xfa]), '\u65E5'],
])("C5 XML's encoding declaration is read: %s", async (encoding, bytes, text) => {
  const [before, after] = xhtml('<title>T</title>', '|').split('|');
  const page = Buffer.concat([
    Buffer.from(`<?xml version="1.0" encoding="${encoding}"?>${before}`),
    bytes,
    Buffer.from(after!),
  ]);
  expect((await crawlFolder({ 'p.xhtml': page })).bodies).toEqual([text]);
  expect((await crawlFolder({ 'p.html': page })).bodies).toEqual([text]);
});

test.each([
  ['three folders of 75 Han characters', `${'\u6F22'.repeat(75)}/${'\u5B57'.repeat(75)}/${'\u6587'.repeat(75)}/a.html`],
  ['a name of 250 bytes', `${'x'.repeat(245)}.html`],
  ['characters that mean something in addresses', 'a?b#c%20d\\e;f&g.html'],
  ['a name that is already encoded', '%2e%2e%2Fa.html'],
  ['twelve folders', `${'deep/'.repeat(12)}${'\u{1F600}'.repeat(50)}.html`],
])('C10 a page is taken whatever its path: %s', async (_kind, name) => {
  const { titles, report } = await crawlFolder({ [name]: html('Found', 'text') });
  expect(titles).toEqual(['Found']);
  expect(report.skipped).toBe(0);
});

test('C10 every file and link that is left out is counted with its reason', async () => {
  const { reasons, report } = await crawlFolder({
    'a.html': html(
      'A',
      '<a href="https://example.org/">out</a> <a href="b.html" rel=nofollow>b</a> <a href="missing">m</a>',
    ),
    '.hidden.html': html('Hidden', 'x'),
    '.git/config': '',
    'data.json': '{}',
    'large.html': html('Large', 'x'.repeat(6_000_000)),
    'moved.html': html('Moved', 'x', '<meta http-equiv=refresh content="0;url=./">'),
  });
  expect(reasons).toEqual({
    hidden: 2,
    'a link to somewhere else': 1,
    'a link that asks not to be followed': 1,
    'linked, but it does not exist': 1,
    'not an HTML page': 1,
    'too large': 1,
    'a folder without an index': 1,
  });
  expect(report.complete).toBe(false);
  expect(JSON.stringify(report)).not.toContain('folder.invalid');
});

/** Runs `act` as a user without privileges who owns `folders`: root may read every folder. */
async function asPlainUser<T>(folders: readonly string[], act: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return act();
  const nobody = 65_534;
  for (const folder of folders) chownSync(folder, nobody, nobody);
  process.seteuid?.(nobody);
  try {
    return await act();
  } finally {
    process.seteuid?.(0);
  }
}

test('C10 a folder that cannot be read is reported', async () => {
  const [folder, dataDir] = [temporaryFolder(), temporaryFolder()];
  put(folder, 'a.html', html('A', 'x'));
  mkdirSync(path.join(folder, 'closed'));
  chmodSync(path.join(folder, 'closed'), 0);
  const report = await asPlainUser([folder, dataDir], () => crawl(folder, { dataDir, name: 'docs' }));
  expect(report.examples).toEqual([{ where: 'closed', reason: 'a folder that cannot be read' }]);
});

test('C10 a file whose name is not UTF-8 is reported as such', async () => {
  const folder = temporaryFolder();
  put(folder, 'a.html', html('A', 'x'));
  writeFileSync(
    Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9]), Buffer.from('.html')]),
    html('B', 'x'),
  );
  const report = await crawl(folder, { dataDir: temporaryFolder(), name: 'docs' });
  expect(report.examples).toEqual([{ where: 'caf\uFFFD.html', reason: 'its name is not UTF-8' }]);
});

test('C10 text that is cut is reported', async () => {
  const { report, pages } = await crawlFolder({ 'a.html': html('t'.repeat(2_001), 'word '.repeat(200_001)) });
  expect(report.warnings.map(({ reason }) => reason)).toEqual([
    'the title was cut at 2000 characters',
    'the text was cut at 1000000 characters',
  ]);
  expect([pages[0]?.title.length, report.complete]).toEqual([2_000, false]);
});

const cyrillic = Buffer.from([0xec, 0xe8, 0xf0, 0x20, 0xe8, 0x20, 0xf1, 0xee, 0xe3, 0xeb, 0xe0, 0xf1, 0xe8, 0xe5]);
const filler = (characters: number) => `<!-- ${'x'.repeat(characters)} -->`;

test.each([
  ['charset after 1,024 bytes', `${filler(1_100)}<meta charset="windows-1251">`, 'windows-1251'],
  ['charset after 100,000 bytes', `${filler(100_000)}<meta charset=windows-1251>`, 'windows-1251'],
  [
    'http-equiv after a long script',
    `<script>${'x'.repeat(2_000)}</script><meta http-equiv="Content-Type" content="text/html; charset=windows-1251">`,
    'windows-1251',
  ],
  [
    'a comment that mentions another',
    `${filler(1_100)}<!-- <meta charset=koi8-r> --><meta charset=cp1251>`,
    'windows-1251',
  ],
  [
    'a script that mentions another',
    `${filler(1_100)}<script>'<meta charset=koi8-r>'</script><meta charset=cp1251>`,
    'windows-1251',
  ],
])('C14 a late declaration is found: %s', (_kind, head, encoding) => {
  const decoded = decodeHtml(Buffer.concat([Buffer.from(head), cyrillic]));
  expect(decoded).toMatchObject({ encoding, implausible: false });
  expect(decoded.text).toContain('\u043C\u0438\u0440 \u0438 \u0441\u043E\u0433\u043B\u0430\u0441\u0438\u0435');
});

test.each([
  [
    'windows-1251',
    '\u042D\u0442\u043E \u0441\u0442\u0440\u0430\u043D\u0438\u0446\u0430 \u043E ' +
      '\u043F\u043E\u0433\u043E\u0434\u0435 \u0432 \u041C\u043E\u0441\u043A\u0432\u0435 \u0438 ' +
      '\u043E\u043A\u0440\u0435\u0441\u0442\u043D\u043E\u0441\u0442\u044F\u0445',
  ],
  [
    'koi8-r',
    '\u042D\u0442\u043E \u0441\u0442\u0440\u0430\u043D\u0438\u0446\u0430 \u043E ' +
      '\u043F\u043E\u0433\u043E\u0434\u0435 \u0432 \u041C\u043E\u0441\u043A\u0432\u0435 \u0438 ' +
      '\u043E\u043A\u0440\u0435\u0441\u0442\u043D\u043E\u0441\u0442\u044F\u0445',
  ],
  ['windows-1252', '\u00DCber die Gr\u00F6\u00DFe der H\u00E4user in M\u00FCnchen und anderen St\u00E4dten'],
  ['utf-8', '\u65E5\u672C\u8A9E\u306E\u6587\u66F8'],
])('C14 an encoding that nobody declares is detected: %s', (encoding, text) => {
  expect(decodeHtml(Buffer.concat([Buffer.from('<p>'), encode(encoding, text)]))).toMatchObject({
    encoding,
    text: `<p>${text}`,
  });
});

test.each([
  ['Cyrillic declared as Latin', '<meta charset=utf-8>', Buffer.concat([Buffer.from('\u00E9 '), cyrillic, cyrillic])],
  [
    'bytes that are no text in any guess',
    '',
    Buffer.from([0xec, 0xe8, 0xf0, 0x20, 0xe8, 0xf1, 0xf2, 0x20, 0xf1, 0xee, 0xe3, 0xeb]),
  ],
  ['control characters', '<meta charset=iso-8859-5>', Buffer.from([0x85, 0x92, 0x93, 0x94, 0xd0])],
  ['Cyrillic text in UTF-16 without a mark', '', Buffer.from('\u041F\u0440\u0438\u0432\u0435\u0442', 'utf16le')],
  [
    'Latin read as Japanese',
    '<meta charset=euc-jp>',
    Buffer.from('\u00E9t\u00E9 \u00E0 no\u00EBl, d\u00E9j\u00E0 vu', 'latin1'),
  ],
])('C14 a page whose characters look wrong is taken with a warning: %s', async (_kind, head, bytes) => {
  const { report } = await crawlFolder({ 'a.html': Buffer.concat([Buffer.from(`<title>T</title>${head}`), bytes]) });
  expect(report.warnings).toEqual([{ reason: 'many characters look wrong', count: 1 }]);
  expect(report).toMatchObject({ pages: 1, complete: false });
});

test.each(['\n', '\r\n', '\u2028', '\u0085', '\t', '\u001B[31m', '\\n', '"', '\u{1F600}'])(
  'C16 the character %j in a title harms nothing',
  async (character) => {
    const { dataDir, titles } = await crawlFolder({
      'a.html': '<body>first <a href="c.html">c</a>',
      [`b${character}b.html`]: '<body>no title, so the file name',
      'c.html': html('Third', 'x <a href="d.html">d</a>'),
      'd.html': html('Fourth', `x <a href="${encodeURIComponent(`b${character}b.html`)}">b</a>`),
    });
    expect(titles.join('')).not.toMatch(/\p{Cc}/u);
    const { datasetDir } = await ensureDataset({ dataDir: withoutWordNet(dataDir), shards: 1 });
    const store = openStore(shardFiles(path.join(datasetDir, shardFolder(1, 1))).store);
    const linked = store.pages(['docs.a', 'docs.c', 'docs.d']).map((page) => page.links.map((link) => link.title));
    store.close();
    expect(linked).toEqual([['Third'], ['Fourth'], [titles[1]]]);
  },
);

/** Building WordNet for each of these cases would take a second each. */
function withoutWordNet(dataDir: string): string {
  const manifest = path.join(dataDir, 'imports/manifest.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"default": true', '"default": false'));
  return dataDir;
}

function encode(encoding: string, text: string): Buffer {
  if (encoding === 'utf-8') return Buffer.from(text);
  const decoder = new TextDecoder(encoding);
  const table = new Map(Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte]));
  return Buffer.from([...text].map((character) => table.get(character)!));
}
