import { existsSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { crawl } from '../../../../corpus/crawl/crawl.ts';
import { readSources } from '../../../../corpus/sources.ts';
import { codeOf, crawled, importedPages, put } from '../helpers.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const html = (title: string, body: string, head = '') =>
  `<!doctype html><html><head><title>${title}</title>${head}</head><body>${body}</body></html>`;

async function crawlFolder(
  files: Record<string, string | Uint8Array>,
  options: { maxPages?: number; maxPageBytes?: number } = {},
) {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) put(folder, name, content);
  const dataDir = temporaryFolder();
  return crawled(dataDir, await crawl(folder, { dataDir, name: 'docs', ...options }));
}

test('all HTML files of a folder become pages, linked as they link each other', async () => {
  const { report, pages } = await crawlFolder({
    'index.html': html('Home', 'Welcome. <a href="guide/">Guide</a> <a href="/about.htm#us">About</a>'),
    'about.htm': html('About', '<a href="./index.html">Home</a>', '<meta name=keywords content="us, you">'),
    'guide/index.html': html('Guide', '<a href="../about.htm?from=guide">About</a> <a href="../missing.html">x</a>'),
    'guide/orphan.xhtml': html('Orphan', 'Nobody links here.'),
    'guide/noext': html('Without ending', 'Still a page.'),
    'style.css': 'p {}',
    'data.json': '{}',
    '.git/hidden.html': html('Hidden', 'no'),
  });
  expect(report).toMatchObject({ name: 'docs', pages: 5, default: true });
  expect([...pages.values()].map((page) => [page.id, page.title, page.links.map((link) => link.id)])).toEqual([
    ['docs.about', 'About', ['docs.index']],
    ['docs.index', 'Home', ['docs.guide', 'docs.about']],
    ['docs.guide', 'Guide', ['docs.about']],
    ['docs.guide-noext', 'Without ending', []],
    ['docs.guide-orphan', 'Orphan', []],
  ]);
  expect(pages.get('docs.about')).toMatchObject({
    body: 'Home',
    keywords: ['us', 'you'],
    url: '/page/docs.about',
    links: [{ relation: 'links to' }],
  });
  expect(report.examples).toContainEqual({ where: 'missing.html', reason: 'linked, but it does not exist' });
  expect(report.reasons).toContainEqual({ reason: 'not an HTML page', count: 2 });
});

test('links of a copied site stay in the copy, whatever base it declares', async () => {
  const { pages } = await crawlFolder({
    'a.html': html(
      'A',
      '<a href="b.html">B</a>',
      '<base href="https://www.example.org/docs/"><link rel=canonical href="https://www.example.org/a">',
    ),
    'b.html': html('B', '<a href="a.html">A</a>', '<base href="/deep/">'),
    'deep/a.html': html('Deep', 'x'),
  });
  expect(pages.get('docs.a')?.links.map((link) => link.id)).toEqual(['docs.b']);
  expect(pages.get('docs.b')?.links.map((link) => link.id)).toEqual(['docs.deep-a']);
});

test('pages that forbid it, are empty, equal, too large or no text are left out and reported', async () => {
  const { ids, reasons } = await crawlFolder(
    {
      'noindex.html': html('No', '<a href=two.html>x</a>', '<meta name=robots content=noindex>'),
      'empty.html': '',
      'one.html': html('Same', 'the same'),
      'two.html': html('Same', '<p>the same</p>'),
      'large.html': html('Large', 'x'.repeat(20_000)),
      'picture.html': Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13]),
      'nested.html': '<div>'.repeat(5_000),
      'moved.html': html('Moved', 'x', '<meta http-equiv=refresh content="0;url=one.html">'),
      'away.html': html('Away', 'this leads away', '<meta http-equiv=refresh content="0;url=https://example.org/">'),
    },
    { maxPageBytes: 15_000 },
  );
  expect(ids).toEqual(['docs.away', 'docs.one']);
  expect(reasons).toEqual({
    'asks not to be indexed': 1,
    'no text': 1,
    'same content as another page': 1,
    'too large': 2,
    'not an HTML page': 1,
  });
});

test('symbolic links are followed inside the folder, once, and never out of it', async () => {
  const folder = temporaryFolder();
  const outside = put(temporaryFolder(), 'secret.html', html('Secret', 'no'));
  put(
    folder,
    'docs/a.html',
    html(
      'A',
      '<a href="../again/a.html">myself</a> <a href="../secret.html">x</a> <a ' +
        'href="..%2f..%2fetc/passwd">x</a> <a href="../b.html">B</a>',
    ),
  );
  put(folder, 'real.html', html('B', 'b'));
  symlinkSync(path.join(folder, 'docs'), path.join(folder, 'again'));
  symlinkSync(folder, path.join(folder, 'docs/loop'));
  symlinkSync(path.join(folder, 'real.html'), path.join(folder, 'b.html'));
  symlinkSync(outside, path.join(folder, 'secret.html'));
  symlinkSync(path.dirname(outside), path.join(folder, 'elsewhere'));
  symlinkSync(path.join(folder, 'nothing.html'), path.join(folder, 'dangling.html'));
  const dataDir = temporaryFolder();
  const report = await crawl(folder, { dataDir, name: 'docs' });
  const pages = importedPages(dataDir);
  expect(pages.map((page) => [page.id, page.links.map((link) => link.id)])).toEqual([
    ['docs.real', []],
    ['docs.docs-a', ['docs.real']],
  ]);
  expect(report.reasons).toContainEqual({ reason: 'leads out of the folder', count: 2 });
  expect(report.examples).toContainEqual({ where: 'dangling.html', reason: 'linked, but it does not exist' });
});

test('pages come in the encodings of the world', async () => {
  const { pages } = await crawlFolder({
    'utf8.html': Buffer.from(html('Grüße', 'überall')),
    'latin1.html': Buffer.from(html('Grüße', 'früher', '<meta charset=iso-8859-1>'), 'latin1'),
    'lies.html': Buffer.from(html('Grüße', 'gelogen', '<meta charset=utf-8>'), 'latin1'),
    'utf16.html': Buffer.from(`\uFEFF${html('Grüße', 'breit')}`, 'utf16le'),
  });
  expect([...pages.values()].map((page) => page.title)).toEqual(['Grüße', 'Grüße', 'Grüße', 'Grüße']);
});

test('a crawl stops after as many pages as wanted, and says so', async () => {
  const files = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`p${i}.html`, html(`Page ${i}`, 'x')]));
  const { report } = await crawlFolder(files, { maxPages: 7 });
  expect(report).toMatchObject({ pages: 7, stopped: 'the limit of 7 pages was reached' });
});

test('a folder that is not there, a file, an empty folder and a bad name are refused, and change nothing', async () => {
  const dataDir = temporaryFolder();
  const folder = temporaryFolder();
  const file = put(folder, 'x.txt', 'x');
  expect(await codeOf(crawl(path.join(folder, 'missing'), { dataDir }))).toBe('not_found');
  expect(await codeOf(crawl(file, { dataDir }))).toBe('bad_target');
  expect(await codeOf(crawl('ftp://localhost/', { dataDir }))).toBe('bad_target');
  expect(await codeOf(crawl(folder, { dataDir, name: '../x' }))).toBe('bad_name');
  await expect(crawl(folder, { dataDir })).rejects.toThrow(
    /^No page could be taken from .*: its only entry was refused \(x.txt\) because: not an HTML page/,
  );
  await expect(crawl(temporaryFolder(), { dataDir })).rejects.toThrow(/it is empty/);
  expect(readSources(dataDir)).toEqual({ default: true, imports: [] });
  expect(existsSync(path.join(dataDir, 'imports'))).toBe(false);
});

test('a crawl that is stopped changes nothing', async () => {
  const folder = temporaryFolder();
  for (let i = 0; i < 30; i++) put(folder, `p${i}.html`, html(`Page ${i}`, 'x'));
  const dataDir = temporaryFolder();
  const stop = new AbortController();
  const work = crawl(folder, { dataDir, signal: stop.signal, onProgress: ({ done }) => done === 10 && stop.abort() });
  expect(await codeOf(work)).toBe('cancelled');
  expect(readSources(dataDir)).toEqual({ default: true, imports: [] });
});
