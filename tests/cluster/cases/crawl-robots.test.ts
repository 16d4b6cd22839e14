import { expect, test } from 'vitest';
import { crawl } from '../../../corpus/crawl/crawl.ts';
import { codeOf } from '../../unit/corpus/helpers.ts';
import { answer, html, redirect, startSite, text, type Route } from '../crawl/server.ts';
import { crawlSite, linksTo } from './crawl-site.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const disallow = (...paths: string[]) => `User-agent: *\n${paths.map((path) => `Disallow: ${path}\n`).join('')}`;

test.each<[string, number, number]>([
  ['at once', 1, 301],
  ['for now', 1, 302],
  ['permanently, keeping the method', 1, 308],
  ['five times', 5, 307],
])(
  'C1 rules of a robots.txt that moved to another host hold for the site that was asked: %s',
  async (_how, hops, status) => {
    const other = await startSite({ '/robots.txt': text(disallow('/private')), '/private': html('x', 'other') });
    const hop = (n: number) => (n === hops ? `${other.origin}/robots.txt` : `/hop${n}`);
    const hopRoutes = Object.fromEntries(
      Array.from({ length: hops }, (_, i) => [`/hop${i + 1}`, redirect(hop(i + 2), status)]),
    );
    const { site } = await crawlSite({
      '/robots.txt': redirect(hop(1), status),
      ...hopRoutes,
      '/': html('Home', linksTo('/private', '/open')),
      '/private': html('Private', 'no'),
      '/open': html('Open', 'yes'),
    });
    expect(site.asked.filter((path) => !path.startsWith('/hop'))).toEqual(['/', '/open']);
  },
);

test.each<[string, (rules: string) => Route]>([
  ['with its length', (rules) => answer(rules, { 'content-length': String(Buffer.byteLength(rules)) })],
  ['in parts', (rules) => (_request, response) => void response.writeHead(200).end(rules)],
  [
    'in small parts',
    (rules) => (_request, response) => {
      response.writeHead(200);
      for (let at = 0; at < rules.length; at += 50_000) response.write(rules.slice(at, at + 50_000));
      response.end();
    },
  ],
  ['without an end', (rules) => (_request, response) => void response.writeHead(200).write(rules)],
])('C2 the first 500 KiB of a larger robots.txt count: sent %s', async (_how, route) => {
  // The limit lies in the middle of a line: `Disallow: /open` is no rule that anybody wrote.
  const head = disallow('/private');
  const cut = 'Disallow: /open';
  const filler = `# ${'x'.repeat(512_000 - head.length - cut.length - 3)}\n`;
  const rules = `${head}${filler}${cut}-not\nDisallow: /late\n${'# x\n'.repeat(30_000)}`;
  const { site } = await crawlSite({
    '/robots.txt': route(rules),
    '/': html('Home', linksTo('/private', '/open', '/late')),
    '/private': html('Private', 'no'),
    '/open': html('Open', 'yes'),
    '/late': html('Late', 'yes'),
  });
  expect(site.asked).toEqual(['/', '/open', '/late']);
});

test.each<[string, Buffer]>([
  ['in UTF-16', Buffer.from(`\uFEFF${disallow('/private')}`, 'utf16le')],
  ['in UTF-16 without a mark', Buffer.from(disallow('/private'), 'utf16le')],
  ['with a UTF-8 mark', Buffer.from(`\uFEFF${disallow('/private')}`)],
  ['with NULs', Buffer.from('User-agent: *\0\nDisallow: /private\0\n')],
  ['with old line ends', Buffer.from('User-agent: *\rDisallow: /private\r')],
  ['with old line ends, and too large', Buffer.from(`User-agent: *\rDisallow: /private\r${'# x\r'.repeat(140_000)}`)],
])('C2 a robots.txt %s counts', async (_how, rules) => {
  const { site } = await crawlSite({
    '/robots.txt': answer(rules, {}),
    '/': html('Home', linksTo('/private', '/open')),
    '/open': html('Open', 'yes'),
  });
  expect(site.asked).toEqual(['/', '/open']);
});

test('C2 a robots.txt that cannot be read refuses the crawl with the true reason', async () => {
  const refusal = async (route: Route) => {
    const site = await startSite({ '/robots.txt': route, '/': html('Home', 'x') });
    const work = crawl(site.origin, { dataDir: temporaryFolder(), timeoutMs: 200 });
    return work.then(
      () => 'taken',
      (error: Error) => error.message.replace(site.origin, ''),
    );
  };
  expect(await refusal(text('', 500))).toMatch(/^\/robots\.txt\b.*\b500\b.*\bRFC 9309\b/);
  expect(await refusal(redirect('/robots.txt'))).toMatch(/^\/robots\.txt\b.*\bredirects\b.*\bRFC 9309\b/);
  expect(await refusal((_request, response) => void response.writeHead(200).write('User-agent: *'))).toMatch(
    /^\/robots\.txt\b.*\bbreaks off\b.*\bRFC 9309\b/,
  );
  expect(await refusal(() => undefined)).toMatch(/\b0\.2 s\b/);
});

test('C3 octets of a robots.txt in Latin-1 are compared as octets', async () => {
  const { site } = await crawlSite({
    '/robots.txt': answer(Buffer.from(disallow('/caf\u00E9'), 'latin1'), {}),
    '/': html('Home', linksTo('/caf%E9', '/caf%C3%A9')),
  });
  expect(site.asked).toEqual(['/', '/caf%C3%A9']);
});

test.each<[string, string]>([
  ['/%7Ejoe/', '/~joe/'],
  ['/~joe/', '/%7ejoe/'],
  ['/*?wsdl$', '/svc?wsdl'],
  ['/caf\u00E9', '/caf%C3%A9'],
  ['/caf%c3%a9', '/caf\u00E9'],
  ['/search?q=a+b', '/search?q=a+b'],
  ['/*?q=a%20b', '/x?q=a%20b'],
  ['/*sid=', '/x?a=1&sid=7'],
])('C3 "Disallow: %s" stops a link to %s', async (pattern, href) => {
  const { site, reasons } = await crawlSite({
    '/robots.txt': text(disallow(pattern)),
    '/': html('Home', linksTo(href, '/open'), '<meta charset=utf-8>'),
    '/open': html('Open', 'yes'),
  });
  expect(site.asked).toEqual(['/', '/open']);
  expect(reasons).toEqual({ 'robots.txt forbids it': 1 });
});

test.each<[string, string | string[]]>([
  ['<meta name=robots content="max-image-preview:none">', []],
  ['<meta name=robots content="max-snippet:-1, max-image-preview: none">', []],
  ['<meta name=otherbot content=noindex>', []],
  ['', 'otherbot: noindex'],
  ['', 'otherbot: noindex, nofollow'],
  ['', ['otherbot: none', 'max-image-preview:none']],
  ['', 'unavailable_after: 25 Jun 2035 15:00:00 PST'],
  ['', 'noindexifembedded'],
])('C4 %s and the header %j do not keep a page out', async (head, header) => {
  const { ids } = await crawlSite({ '/': directed(head, header) });
  expect(ids).toEqual(['site.index']);
});

test.each<[string, string | string[]]>([
  ['<meta name=robots content=index><meta name=robots content="noindex">', []],
  ['<meta name=Robots content="max-snippet:20, NOINDEX">', []],
  ['<meta name=TierLab content=none>', []],
  ['', ['otherbot: nofollow', 'noindex']],
  ['', ['nofollow', 'Tierlab: noindex']],
  ['', 'otherbot: nofollow, tierlab: noindex'],
])('C4 %s and the header %j keep a page out', async (head, header) => {
  const site = await startSite({ '/': directed(head, header) });
  expect(await codeOf(crawl(site.origin, { dataDir: temporaryFolder() }))).toBe('nothing_valid');
});

function directed(head: string, header: string | string[]): Route {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html', 'x-robots-tag': header }).end(html('Page', 'text', head));
  };
}
