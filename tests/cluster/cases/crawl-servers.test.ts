import { readFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { crawl } from '../../../corpus/crawl/crawl.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { answer, html, redirect, startSite, type Route } from '../crawl/server.ts';
import { crawlSite, linksTo } from './crawl-site.ts';

const headers = { 'content-type': 'text/html; charset=utf-8' };
const page = html('Found', 'text');

test.each<[string, Buffer | string, string]>([
  ['deflate', deflateSync(page), 'deflate'],
  ['deflate without a header', deflateRawSync(page), 'deflate'],
  ['zstd', zstdCompressSync(page), 'zstd'],
  ['two codings', brotliCompressSync(gzipSync(page)), 'gzip, br'],
  ['capital letters', gzipSync(page), 'GZIP'],
  ['a charset as coding', page, 'utf-8'],
  ['none at all', page, 'identity'],
])('C13 a page in this coding is read: %s', async (_kind, body, coding) => {
  const { titles, report } = await crawlSite({
    '/': html('Home', linksTo('/p')),
    '/p': answer(body, { ...headers, 'content-encoding': coding }),
  });
  expect(titles).toEqual(['Home', 'Found']);
  expect(report.complete).toBe(true);
});

test('C13 a body that no program can decode is no page, and the report says why', async () => {
  const { titles, report } = await crawlSite({
    '/': html('Home', linksTo('/lzw', '/empty')),
    '/lzw': answer(Buffer.from([0x1f, 0x9d, 0x90, 200, 201]), { ...headers, 'content-encoding': 'compress' }),
    '/empty': answer('', { ...headers, 'content-encoding': 'gzip' }),
  });
  expect(titles).toEqual(['Home']);
  expect(report.complete).toBe(false);
  expect(report.examples).toEqual([
    { where: 'lzw', reason: 'cannot be read: the body is in the coding compress' },
    { where: 'empty', reason: 'no text' },
  ]);
});

test.each([
  ['to itself', { '/a': redirect('/a') }, 'a'],
  ['to an empty address', { '/a': redirect('') }, 'a'],
  ['to each other', { '/a': redirect('/b'), '/b': redirect('/a', 307) }, 'b'],
  ['in another spelling', { '/a': redirect('/%61') }, 'a'],
  ['three', { '/a': redirect('/b'), '/b': redirect('/c'), '/c': redirect('/b') }, 'c'],
])('C10 redirects in a circle are reported, and a page is missing: %s', async (_kind, routes, where) => {
  const { report, titles } = await crawlSite({ '/': html('Home', linksTo('/a')), ...routes });
  expect(titles).toEqual(['Home']);
  expect(report).toMatchObject({ complete: false, skipped: 1 });
  expect(report.examples[0]).toEqual({ where, reason: expect.stringContaining('redirects in a circle') });
});

test('C10 no answer vanishes: each status and media type is a page, or has a reason', async () => {
  const { titles, report } = await crawlSite({
    '/': html('Home', linksTo('/203', '/204', '/types', '/untyped', '/pdf', '/fragment')),
    '/203': answer(html('Changed by a proxy', 'x'), headers, 203),
    '/204': answer('', headers, 204),
    '/types': answer(html('Two types', 'x'), { 'content-type': 'text/plain, text/html; charset=utf-8' }),
    '/untyped': answer('%PDF-1.4 \u00E2\u00E3', {}),
    '/pdf': answer('plain', {}),
    '/fragment': answer('<p>A fragment</p>', {}),
  });
  expect(titles).toEqual(['Home', 'Changed by a proxy', 'Two types', 'fragment']);
  expect(report.examples).toEqual([
    { where: '204', reason: 'no text' },
    { where: 'untyped', reason: 'not an HTML page: without a media type' },
    { where: 'pdf', reason: 'not an HTML page: without a media type' },
  ]);
});

test.each(['javascript:void(0)', 'file:///C:/site/', 'about:blank'])(
  'C10 the base %s does not take the links away',
  async (base) => {
    const { site } = await crawlSite({
      '/': html('Home', linksTo('a'), `<base href="${base}">`),
      '/a': html('A', 'x'),
    });
    expect(site.asked).toEqual(['/', '/a']);
  },
);

test.each([
  ['osCsid', '/p?osCsid='],
  ['a path of ASP.NET', '/(S('],
  ['a path of PHP', '/p;PHPSESSID='],
])('C7 a site with a new session in every link is asked a bounded number of times: %s', async (_kind, start) => {
  let session = 0;
  const end = start.endsWith('(') ? '))/p' : '';
  const links = () => Array.from({ length: 3 }, () => `${start}x${++session}${end}`);
  const any =
    (title: string): Route =>
    (_request, response) =>
      void response.writeHead(200, headers).end(html(title, linksTo(...links())));
  const routes = new Proxy<Record<string, Route>>(
    { '/robots.txt': answer('', {}, 404) },
    {
      get: (own, path: string) => own[path] ?? any('The same'),
    },
  );
  const { titles, site, reasons } = await crawlSite(routes, '/', { maxPages: 50 });
  expect(titles).toEqual(['The same']);
  expect(site.asked.length).toBeLessThan(12);
  expect(reasons['differs in a session parameter only']).toBeGreaterThan(0);
});

test.each([
  ['/docs/index.html.de', '/docs/a'],
  ['/docs/start.jsf', '/docs/a'],
  ['/docs/home.action', '/docs/b/c'],
])('C11 %s names a page, so the crawl takes its folder', async (start, inside) => {
  const { site } = await crawlSite(
    { [start]: html('Start', linksTo(inside, '/other')), [inside]: html('In', 'x') },
    start,
  );
  expect(site.asked).toEqual([start, inside]);
});

test('C8 the Refresh header redirects, as in browsers', async () => {
  const { titles } = await crawlSite({
    '/': html('Home', linksTo('/old')),
    '/old': answer(html('Moved', 'x'), { ...headers, refresh: '0; url=/new' }),
    '/new': html('New', 'text'),
  });
  expect(titles).toEqual(['Home', 'New']);
});

test('C13 a start that cannot be crawled is refused with the true reason', async () => {
  const refusal = async (routes: Record<string, Route>) =>
    crawlSite(routes).then(
      () => 'taken',
      (error: Error) => error.message,
    );
  expect(await refusal({})).toMatch(/its only entry was refused \(\/\) because: it does not exist/);
  expect(await refusal({ '/': redirect('/') })).toMatch(/because: redirects in a circle/);
  expect(await refusal({ '/': answer('{}', { 'content-type': 'application/json' }) })).toMatch(/application\/json/);
});

test('L7 a password in the address is not stored', async () => {
  const site = await startSite({ '/': html('Home', 'x') });
  const dataDir = temporaryFolder();
  await crawl(site.origin.replace('//', '//user:secret@'), { dataDir });
  expect(readFileSync(path.join(dataDir, 'imports/manifest.json'), 'utf8')).not.toContain('secret');
});
