import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { crawl } from '../../../corpus/crawl/crawl.ts';
import { importedPages } from '../../unit/corpus/helpers.ts';
import { answer, html, redirect, startSite, text, type Route } from '../crawl/server.ts';
import { crawlSite, linksTo } from './crawl-site.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const headers = { 'content-type': 'text/html; charset=utf-8' };

test.each<[string, string]>([
  ['/svc?wsdl', '/svc?wsdl'],
  ['/x?Caf%E9', '/x?Caf%E9'],
  ['/x?q=a%20b', '/x?q=a%20b'],
  ['/x?q=a+b', '/x?q=a+b'],
  ['/x?b=2&a=1&a=0', '/x?b=2&a=1&a=0'],
  ['/x?=&&y', '/x?=&&y'],
  ['/%7Ejoe/%e2%82%ac', '/%7Ejoe/%e2%82%ac'],
  ['/a%2Fb;v=1', '/a%2Fb;v=1'],
  ['/x?q=caf\u00E9', '/x?q=caf%C3%A9'],
])('C6 a link to %s is asked as %s', async (href, asked) => {
  const { site, titles } = await crawlSite({ '/': html('Home', linksTo(href)), [asked]: html('Found', 'x') });
  expect(site.asked).toEqual(['/', asked]);
  expect(titles).toEqual(['Home', 'Found']);
});

test.each<[string, string, Buffer, string]>([
  ['windows-1251', '?q=', Buffer.from([0xec, 0xe8, 0xf0]), '?q=%EC%E8%F0'],
  ['shift_jis', '?q=', Buffer.from([0x93, 0xfa]), '?q=%93%FA'],
  ['iso-8859-1', '?q=', Buffer.from('caf\u00E9#part', 'latin1'), '?q=caf%E9'],
  ['iso-8859-1', 'caf', Buffer.from('\u00E9', 'latin1'), 'caf%C3%A9'],
])('C6 on a page in %s, %s... is asked in the encoding that browsers use', async (charset, start, rest, asked) => {
  const page = Buffer.concat([Buffer.from(`<title>Home</title><a href="/${start}`), rest, Buffer.from('">x</a>')]);
  const { site } = await crawlSite({ '/': answer(page, { 'content-type': `text/html; charset=${charset}` }) });
  expect(site.asked).toEqual(['/', `/${asked}`]);
});

test.each([
  [['/~joe/', '/%7Ejoe/', '/%7ejoe/']],
  [['/caf\u00E9', '/caf%C3%A9', '/caf%c3%a9']],
  [['/x#one', '/x#two', '/x']],
  [['/a/../x', '/x', '/./x']],
])('C6 spellings of one address are asked once: %j', async (hrefs) => {
  const { site } = await crawlSite({ '/': html('Home', linksTo(...hrefs), '<meta charset=utf-8>') });
  expect(site.asked).toHaveLength(2);
});

test.each([
  ['/article.pl?sid=01', '/article.pl?sid=02'],
  ['/show?sessionid=spring&x=1', '/show?sessionid=autumn&x=1'],
  ['/track?utm_source=a', '/track?utm_source=b'],
  ['/p;jsessionid=1', '/p;jsessionid=2'],
])('C7 %s and %s are two pages where they say two things', async (one, other) => {
  const { titles } = await crawlSite({
    '/': html('Home', linksTo(one, other)),
    [one]: html('One', 'first'),
    [other]: html('Other', 'second'),
  });
  expect(titles).toEqual(['Home', 'One', 'Other']);
});

test('C7 addresses that give the same page are merged, and the report says which', async () => {
  const { titles, pages, report } = await crawlSite({
    '/': html('Home', linksTo('/p?PHPSESSID=1', '/p?PHPSESSID=2')),
    '/p': html('Page', 'the same'),
  });
  expect(titles).toEqual(['Home', 'Page']);
  expect(pages[0]?.links).toHaveLength(1);
  expect(report.examples).toEqual([{ where: 'p?PHPSESSID=2', reason: 'same content as another page: p?PHPSESSID=1' }]);
});

test('C7 a site with a new session in every link is asked a bounded number of times', async () => {
  let session = 0;
  const page =
    (title: string): Route =>
    (_request, response) =>
      void response.writeHead(200, headers).end(html(title, linksTo(`/?sid=${++session}`, `/b?sid=${++session}`)));
  const { titles, site, reasons, report } = await crawlSite({ '/': page('A'), '/b': page('B') });
  expect(titles).toEqual(['A', 'B']);
  expect(site.asked.length).toBeLessThanOrEqual(12);
  expect(reasons['differs in a session parameter only']).toBeGreaterThan(0);
  expect(report.stopped).toBeUndefined();
});

test.each<[string, string | Buffer, string]>([
  ['raw UTF-8', Buffer.from('/caf\u00E9/\u65E5'), '/caf%C3%A9/%E6%97%A5'],
  ['raw Latin-1', Buffer.from('/caf\u00E9', 'latin1'), '/caf%E9'],
  ['raw UTF-8 in the query', Buffer.from('/x?q=\u00E9'), '/x?q=%C3%A9'],
  ['encoded already', '/caf%c3%a9', '/caf%c3%a9'],
  ['relative', 'next?x', '/deep/next?x'],
  ['relative, with dots and a fragment', '../up#part', '/up'],
  ['only a query', '?page=2', '/deep/old?page=2'],
])('C8 a redirect is followed as browsers do: %s', async (_how, location, asked) => {
  const raw: Route = (_request, response) => {
    response.setHeader('location', Buffer.from(location).toString('latin1'));
    response.writeHead(302).end();
  };
  const { site } = await crawlSite({ '/': html('Home', linksTo('/deep/old')), '/deep/old': raw });
  expect(site.asked[2]?.toLowerCase()).toBe(asked.toLowerCase());
});

test.each([
  ['/docs/v1.2', ['/docs/v1.2', '/docs/v1.2/a'], ['/docs/v0.9/', '/docs/', '/']],
  ['/docs/node.js', ['/docs/node.js', '/docs/node.js/x'], ['/docs/other', '/docs/node.jsx']],
  ['/docs', ['/docs', '/docs/', '/docs/a'], ['/docs.html', '/docsx', '/']],
  ['/docs/index.html', ['/docs/index.html', '/docs/a', '/docs/b/c'], ['/other/', '/']],
  ['/d%6Fcs/', ['/d%6Fcs/', '/docs/a', '/d%6fcs/b'], ['/other/']],
  ['/releases/2026.11', ['/releases/2026.11', '/releases/2026.11/notes'], ['/releases/2026.10/notes']],
])('C11 a crawl of %s stays below it', async (start, inside, outside) => {
  const page: Route = (request, response) =>
    void response.writeHead(200, headers).end(html(request.url ?? '', linksTo(...inside, ...outside)));
  const { site, reasons } = await crawlSite(
    Object.fromEntries([...inside, ...outside].map((path) => [path, page])),
    start,
  );
  expect(site.asked).toEqual(inside);
  expect(reasons['a link to somewhere else']).toBe(outside.length);
});

const closed: Route = (request) => void request.socket.destroy();

test.each<[string, Route]>([
  ['closed connections', closed],
  [
    'a body that breaks off',
    (_request, response) => {
      response.writeHead(200, { ...headers, 'content-length': '1000' }).write('<title>');
      setImmediate(() => response.destroy());
    },
  ],
  ['no answer in time', () => undefined],
  ['no HTTP', (request) => void request.socket.end('nonsense\r\n\r\n')],
  ['a body that is not what it says it is', answer('not gzip', { ...headers, 'content-encoding': 'gzip' })],
  [
    'a body in six codings',
    answer(
      Array.from({ length: 6 }).reduce<Buffer>((body) => gzipSync(body), Buffer.from('<title>Six</title>')),
      { ...headers, 'content-encoding': Array.from({ length: 6 }, () => 'gzip').join() },
    ),
  ],
  ['status 500', text('', 500)],
])('C13 twelve broken pages in a row end no crawl, and are told: %s', async (_how, broken) => {
  const paths = Array.from({ length: 12 }, (_, i) => `/broken${i}`);
  const { titles, report } = await crawlSite(
    {
      '/': html('Home', linksTo(...paths, '/last')),
      ...Object.fromEntries(paths.map((path) => [path, broken])),
      '/last': html('Last', 'taken'),
    },
    '/',
    { timeoutMs: 50 },
  );
  expect(titles).toEqual(['Home', 'Last']);
  expect(report).toMatchObject({ skipped: 12, complete: false, stopped: undefined });
});

test('C13 when the server itself is gone, what was taken is kept, and the report says so', async () => {
  let gone = false;
  const dying =
    (route: Route): Route =>
    (request, response) => {
      if (gone) return void request.socket.destroy();
      if (typeof route === 'function') route(request, response);
      else response.writeHead(200, headers).end(route);
    };
  const site = await startSite({
    '/': dying(html('Home', linksTo(...Array.from({ length: 20 }, (_, i) => `/${i}`)))),
    '/0': dying((_request, response) => {
      gone = true;
      response.writeHead(200, headers).end(html('Zero', 'last one'));
    }),
    ...Object.fromEntries(Array.from({ length: 19 }, (_, i) => [`/${i + 1}`, dying(html('Never', 'x'))])),
  });
  const dataDir = temporaryFolder();
  const report = await crawl(site.origin, { dataDir, name: 'site' });
  expect(importedPages(dataDir).map((page) => page.title)).toEqual(['Home', 'Zero']);
  expect(report.complete).toBe(false);
  expect(report.stopped).toMatch(/^127\.0\.0\.1:\d+\b.*\bclosed\b/);
});

test('C13 a crawl that lost nothing is complete', async () => {
  const { report } = await crawlSite({ '/': html('Home', linksTo('/gone', 'http://example.org/')) });
  expect(report).toMatchObject({ skipped: 2, complete: true });
});

test('C15 every spelling of this machine is crawled', async () => {
  const { origin } = await startSite({ '/': html('Home', 'x') });
  const { port } = new URL(origin);
  for (const host of [
    '0.0.0.0',
    '0',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '127.1',
    'localhost',
    'localhost.',
    'docs.localhost',
    '[::ffff:127.0.0.1]',
  ])
    expect((await crawl(`http://${host}:${port}/`, { dataDir: temporaryFolder() })).pages, host).toBe(1);
});

test('Q4 proxy variables do not affect a crawl of this machine', async () => {
  const proxy = await startSite({});
  const site = await startSite({ '/': redirect('/x'), '/x': html('Found', 'x') });
  const main = path.resolve(import.meta.dirname, '../../../cli/main.ts');
  const variables = { HTTP_PROXY: proxy.origin, http_proxy: proxy.origin, ALL_PROXY: proxy.origin };
  for (const address of [site.origin, site.origin.replace('127.0.0.1', 'localhost')]) {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [main, 'crawl', address, '--json', '--data', temporaryFolder()],
      { env: { ...process.env, ...variables, NODE_USE_ENV_PROXY: '1' } },
    );
    expect(JSON.parse(stdout)).toMatchObject({ pages: 1, complete: true });
  }
  expect(proxy.asked).toEqual([]);
});
