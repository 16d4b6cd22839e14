import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { crawl, type CrawlOptions } from '../../../corpus/crawl/crawl.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import type { Scheduler } from '../../../shared/time/scheduler.ts';
import { codeOf, crawled } from '../../unit/corpus/helpers.ts';
import { answer, html, redirect, startSite, text, type Route } from './server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

async function crawlSite(routes: Record<string, Route>, start = '/', options: Partial<CrawlOptions> = {}) {
  const site = await startSite(routes);
  const dataDir = temporaryFolder();
  const report = await crawl(site.origin + start, { dataDir, name: 'site', ...options });
  return { site, ...crawled(dataDir, report) };
}

/** Time that passes by itself when somebody waits for it; what was waited for is noted. */
function patience() {
  const waits: number[] = [];
  let now = 0;
  const scheduler: Scheduler = {
    after(delayMs, task) {
      // Timeouts of requests run in real time: they must not fire here.
      if (delayMs >= 10_000) return { cancel: () => undefined };
      waits.push(delayMs);
      now += delayMs;
      queueMicrotask(task);
      return { cancel: () => undefined };
    },
    every: () => ({ cancel: () => undefined }),
  };
  return { waits, scheduler, clock: { now: () => now, wall: () => now } };
}

test('a site is followed from link to link, each page asked for once', async () => {
  const { site, report, pages } = await crawlSite({
    '/': html('Home', '<a href="/a.html">A</a> <a href="b.html#part">B</a> <a href="/a.html?utm_source=x">A again</a>'),
    '/a.html': html(
      'A',
      '<a href="/">Home</a> <a href="mailto:a@example.org">mail</a> <a href="http://example.org/">out</a>',
    ),
    '/b.html': html('B', '<a href="deep/c.html">C</a>'),
    '/deep/c.html': html('C', '<a href="../b.html">B</a> <a href="/gone.html">gone</a>'),
    '/unlinked.html': html('Unlinked', 'x'),
  });
  expect(site.asked).toEqual(['/', '/a.html', '/b.html', '/a.html?utm_source=x', '/deep/c.html', '/gone.html']);
  expect([...pages.values()].map((page) => [page.id, page.url, page.links.map((link) => link.id)])).toEqual([
    ['site.index', `${site.origin}/`, ['site.a', 'site.b']],
    ['site.a', `${site.origin}/a.html`, ['site.index']],
    ['site.b', `${site.origin}/b.html`, ['site.deep-c']],
    ['site.deep-c', `${site.origin}/deep/c.html`, ['site.b']],
  ]);
  expect(report.examples).toEqual([
    { where: 'gone.html', reason: 'linked, but it does not exist' },
    { where: 'http://example.org/', reason: 'a link to somewhere else' },
    { where: 'a.html?utm_source=x', reason: 'same content as another page: a.html' },
  ]);
});

test('a crawl stays below its start', async () => {
  const { site, ids } = await crawlSite(
    {
      '/docs/': html(
        'Docs',
        '<a href="/">up</a> <a href="../other/">aside</a> <a href="x">in</a> <a href="/docsx">alike</a>',
      ),
      '/docs/x': html('X', 'in'),
      '/': html('Root', 'no'),
    },
    '/docs/',
  );
  expect(site.asked).toEqual(['/docs/', '/docs/x']);
  expect(ids).toEqual(['site.index', 'site.x']);
});

test('redirects are followed inside the site, links lead to where they end, and circles end', async () => {
  const { ids, pages, report } = await crawlSite({
    '/': html(
      'Home',
      '<a href=old>1</a> <a href=out>2</a> <a href=round>3</a> <a href=refresh>4</a> <a href=nowhere>5</a>',
    ),
    '/old': redirect('/older', 301),
    '/older': redirect('new', 308),
    '/new': html('New', 'here'),
    '/out': redirect('http://example.org/'),
    '/round': redirect('/and-round'),
    '/and-round': redirect('/round'),
    '/refresh': html('Moved', 'x', '<meta http-equiv=refresh content="0; url=/new">'),
    '/nowhere': (_request, response) => response.writeHead(302).end(),
  });
  expect(ids).toEqual(['site.index', 'site.new']);
  expect(pages.get('site.index')?.links.map((link) => link.id)).toEqual(['site.new']);
  expect(report.examples).toContainEqual({ where: 'out', reason: 'redirects to somewhere else: http://example.org/' });
  expect(report.examples).toContainEqual({ where: 'nowhere', reason: 'the server refused: status 302' });
});

test('robots.txt is obeyed, for this crawler by name too', async () => {
  const robots =
    'User-agent: *\nDisallow: /private/\n\nUser-agent: tierlab\nDisallow: /secret\nAllow: /secret/but-this\n';
  const { site, reasons } = await crawlSite({
    '/robots.txt': text(robots),
    '/': html('Home', '<a href=/private/x>1</a> <a href=/secret>2</a> <a href=/secret/but-this>3</a>'),
    '/private/x': html('For others', 'x'),
    '/secret': html('Secret', 'no'),
    '/secret/but-this': html('But this', 'yes'),
  });
  expect(site.asked).toEqual(['/', '/private/x', '/secret/but-this']);
  expect(reasons).toEqual({ 'robots.txt forbids it': 1 });
});

test('a site whose robots.txt is broken is not crawled; one that has none is', async () => {
  const broken = await startSite({ '/': html('Home', 'x'), '/robots.txt': text('', 500) });
  expect(await codeOf(crawl(broken.origin, { dataDir: temporaryFolder() }))).toBe('not_allowed');
  expect(broken.asked).toEqual([]);
  expect((await crawlSite({ '/': html('Home', 'x'), '/robots.txt': text('no', 403) })).ids).toEqual(['site.index']);
  const moved = {
    '/': html('Home', '<a href=x>x</a>'),
    '/x': html('X', 'x'),
    '/robots.txt': redirect('/r'),
    '/r': text('User-agent: *\nDisallow: /x'),
  };
  expect((await crawlSite(moved)).ids).toEqual(['site.index']);
  const circle = await startSite({ '/': html('Home', 'x'), '/robots.txt': redirect('/robots.txt') });
  expect(await codeOf(crawl(circle.origin, { dataDir: temporaryFolder() }))).toBe('not_allowed');
});

test('robots.txt that leads to another machine is not followed there', async () => {
  const site = await startSite({ '/': html('Home', 'x'), '/robots.txt': redirect('http://example.org/robots.txt') });
  expect(await codeOf(crawl(site.origin, { dataDir: temporaryFolder() }))).toBe('not_allowed');
});

test('the crawl leaves a site alone for as long as it asks to be', async () => {
  const routes = {
    '/robots.txt': text('User-agent: *\nCrawl-delay: 2\n'),
    '/': html('Home', '<a href=1>1</a> <a href=2>2</a>'),
    '/1': html('One', 'x'),
    '/2': html('Two', 'x'),
  };
  const polite = patience();
  await crawlSite(routes, '/', polite);
  expect(polite.waits).toEqual([2_000, 2_000]);
  const wanted = patience();
  await crawlSite({ ...routes, '/robots.txt': text('') }, '/', { ...wanted, delayMs: 300 });
  expect(wanted.waits).toEqual([300, 300]);
  const local = patience();
  await crawlSite({ ...routes, '/robots.txt': text('') }, '/', local);
  expect(local.waits).toEqual([]);
});

test('a server that is busy is asked once more, after the time it named', async () => {
  let asked = 0;
  const busyOnce: Route = (_request, response) => {
    if (++asked === 1) response.writeHead(503, { 'retry-after': '3' }).end();
    else response.writeHead(200, { 'content-type': 'text/html' }).end(html('At last', 'x'));
  };
  const time = patience();
  const { ids, report } = await crawlSite(
    { '/': html('Home', '<a href=busy>x</a> <a href=always>y</a>'), '/busy': busyOnce, '/always': text('', 429) },
    '/',
    time,
  );
  expect(ids).toEqual(['site.index', 'site.busy']);
  expect(time.waits).toEqual([3_000, 1_000]);
  expect(report.examples).toEqual([{ where: 'always', reason: expect.stringMatching(/\b429\b/) }]);
});

test('what is no page, refused, too large or endless is left out and told', async () => {
  const endless: Route = (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(10_000)));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  };
  const { ids, reasons, site } = await crawlSite(
    {
      '/': html(
        'Home',
        ['image.png', 'json', 'private', 'broken', 'endless', 'declared', 'cut', 'untyped']
          .map((to) => `<a href=${to}>${to}</a>`)
          .join(' '),
      ),
      '/json': answer('{}', { 'content-type': 'application/json' }),
      '/private': text('', 403),
      '/broken': text('', 500),
      '/endless': endless,
      '/declared': answer(html('Large', 'x'.repeat(60_000)), { 'content-type': 'text/html' }),
      '/cut': (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/html', 'content-length': '1000' }).write('<title>Cut</title>');
        setImmediate(() => response.destroy());
      },
      '/untyped': answer(html('Untyped', 'still a page'), {}),
    },
    '/',
    { maxPageBytes: 50_000 },
  );
  expect(ids).toEqual(['site.index', 'site.untyped']);
  expect(reasons).toEqual({ 'not an HTML page': 2, 'the server refused': 2, 'too large': 2, 'no answer': 1 });
  expect(site.asked).not.toContain('/image.png');
});

test('a page that does not come in time is left out', async () => {
  const slow: Route = (_request, response) =>
    void response.writeHead(200, { 'content-type': 'text/html' }).write('<title>');
  const { ids, report } = await crawlSite(
    { '/': html('Home', '<a href=slow>x</a> <a href=never>y</a>'), '/slow': slow, '/never': () => undefined },
    '/',
    { timeoutMs: 100 },
  );
  expect(ids).toEqual(['site.index']);
  expect(report.examples).toEqual([
    { where: 'slow', reason: 'no answer: the answer broke off or was too slow' },
    { where: 'never', reason: expect.stringMatching(/\b0\.1 s\b/) },
  ]);
});

test('nobody there, another machine and nonsense are refused in one sentence', async () => {
  const dataDir = temporaryFolder();
  await expect(crawl('http://127.0.0.1:1/', { dataDir })).rejects.toThrow(/^127\.0\.0\.1:1\b/);
  await expect(crawl('http://example.org/', { dataDir })).rejects.toThrow('--allow-host example.org');
  expect(await codeOf(crawl('http://', { dataDir }))).toBe('bad_target');
});

test('headers and pages that ask not to be indexed or followed are obeyed', async () => {
  const { site, ids, reasons } = await crawlSite({
    '/': html('Home', '<a href=a>a</a> <a href=b>b</a> <a href=never rel=nofollow>n</a>'),
    '/a': answer(html('A', '<a href=from-a>x</a>'), { 'content-type': 'text/html', 'x-robots-tag': 'noindex' }),
    '/b': html('B', '<a href=from-b>x</a>', '<meta name=robots content=nofollow>'),
    '/from-a': html('From A', 'x'),
  });
  expect(ids).toEqual(['site.index', 'site.b', 'site.from-a']);
  expect(site.asked).toEqual(['/', '/a', '/b', '/from-a']);
  expect(reasons).toEqual({ 'asks not to be indexed': 1, 'a link that asks not to be followed': 2 });
});

test('canonical addresses and duplicates leave one page', async () => {
  const { ids, pages } = await crawlSite({
    '/': html('Home', '<a href="p?sort=1">1</a> <a href="p?sort=2">2</a> <a href=copy>3</a>'),
    '/p': html('P', 'the page', '<link rel=canonical href=/p>'),
    '/copy': html('P', '<div>the page</div>'),
  });
  expect(ids).toEqual(['site.index', 'site.p']);
  expect(pages.get('site.index')?.links.map((link) => link.id)).toEqual(['site.p']);
});

test('the encoding that the server names is used', async () => {
  const { pages } = await crawlSite({
    '/': answer(Buffer.from([0xcc, 0xc9, 0xd2]), { 'content-type': 'text/html; charset="koi8-r"' }),
  });
  expect(pages.get('site.index')?.body).toBe('лир');
});

test('a site that makes up addresses without end is left after a while', async () => {
  let made = 0;
  const maze: Route = (_request, response) => {
    const links = Array.from({ length: 5 }, () => `<a href="/?n=${++made}">${made}</a>`).join(' ');
    response.writeHead(200, { 'content-type': 'text/html' }).end(html('Maze', `room <nav>${links}</nav>`));
  };
  const { report, site } = await crawlSite({ '/': maze }, '/', { maxPages: 30 });
  expect(report).toMatchObject({ pages: 1, stopped: expect.stringMatching(/\b300\b/) });
  expect(site.asked).toHaveLength(300);
});

test('a crawl that runs out of time keeps what it has', async () => {
  const endless: Route = (request, response) => {
    const n = Number(request.url?.slice(1) || 0);
    response.writeHead(200, { 'content-type': 'text/html' }).end(html(`Page ${n}`, `<a href=/${n + 1}>next</a>`));
  };
  const routes = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [i === 0 ? '/' : `/${i}`, endless]));
  let reads = 0;
  const clock = { ...systemClock, now: () => reads++ * 1_000 };
  const { report } = await crawlSite(routes, '/', { clock, timeLimitMs: 10_000 });
  expect(report.stopped).toMatch(/\b10 s\b/);
  expect(report.pages).toBeGreaterThan(0);
  expect(report.pages).toBeLessThan(50);
});

test('a crawl that is stopped ends at once, and changes nothing', async () => {
  const site = await startSite({ '/': html('Home', '<a href=never>x</a>'), '/never': () => stop.abort() });
  const stop = new AbortController();
  const dataDir = temporaryFolder();
  expect(await codeOf(crawl(site.origin, { dataDir, signal: stop.signal }))).toBe('cancelled');
  expect(site.asked).toEqual(['/', '/never']);
  expect(existsSync(path.join(dataDir, 'imports'))).toBe(false);
});
