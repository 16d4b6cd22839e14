import { expect } from 'vitest';
import { until } from '../support/cluster.ts';
import { seriousProblems } from './axe.ts';
import { consoleSite } from './console-site.ts';
import { lowContrast, overflow, tabOrder } from './looks.ts';
import { boundMs, screens, shots } from './person.ts';

const site = consoleSite();
const { test } = site;

test('without traffic it says so, and with traffic the tiles and the lines show it', async ({ page }) => {
  await page.goto(site.address);
  await page.getByRole('heading', { name: 'Nothing is wrong.' }).waitFor();
  await page.getByText('No traffic yet.').waitFor();
  expect(await page.locator('path.idle[data-from="gateway"][data-to="app"]').count()).toBe(1);
  const line = page.locator('path[data-from="gateway-1"][data-to="app-1"]');
  await site.searchUntil(async () => (await line.count()) === 1);
  await page.getByText('Every request of users succeeds').waitFor();
  expect(await page.locator('path.idle[data-from="gateway"][data-to="app"]').count()).toBe(0);
  expect(await page.getByRole('group', { name: 'Requests' }).textContent()).toMatch(/\d\/s/);
  const work = page.getByRole('group', { name: 'Most work' });
  await site.searchUntil(async () => /\w [\d.]+% of the work in GET \/search/.test((await work.textContent())!));
  expect(await site.node(page, 'monitor-1').getAttribute('aria-label')).toMatch(/ leader: alive/);
  // In the past, no number of now stands among those of then.
  await page.getByRole('slider').press('ArrowLeft');
  await page.getByRole('button', { name: 'Back to live' }).waitFor();
  const unkept = ['Most work', 'Available'].map((name) => page.getByRole('group', { name }).textContent());
  for (const text of await Promise.all(unkept)) expect(text).toMatch(/–.*shown live only/);
});

test('before its first picture the page says that it connects, although snapshots arrive already', async ({ page }) => {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/api/about', async (route) => {
    await released;
    await route.continue();
  });
  await page.goto(site.address);
  await page.getByText('Waiting for the first snapshot').waitFor();
  const another = `new Promise((done) => new EventSource('/api/stream').addEventListener('snapshot', () => done()))`;
  await page.evaluate(another);
  const live = page.getByText('live', { exact: true });
  expect([await live.count(), await page.getByText('connecting').isVisible()]).toEqual([0, true]);
  release();
  await live.waitFor();
});

test('a page whose connection broke asks for the snapshots that it missed', async ({ page, complaints }) => {
  complaints.expected = /ERR_FAILED/;
  // Playwright cannot break an open stream, so the page keeps its sources where the test can close them.
  await page.addInitScript(() => {
    const sources: EventSource[] = [];
    globalThis.EventSource = class extends EventSource {
      constructor(address: string | URL) {
        super(address);
        sources.push(this);
      }
    };
    Object.assign(globalThis, { closeAll: () => sources.forEach((source) => source.close()) });
  });
  await page.goto(site.address);
  await page.getByText('live', { exact: true }).waitFor();
  // While another page is open, there is a snapshot each second.
  const other = new AbortController();
  const { signal } = other;
  void fetch(`${site.cluster.console}/api/stream`, { signal })
    .then((stream) => stream.text())
    .catch(() => undefined);
  await page.route('**/api/stream', (route) => route.abort());
  await page.evaluate('closeAll()');
  await page.getByText(/the console does not answer: this is \d+ s old/).waitFor();
  const answer = page.waitForResponse((response) => /history\?after=[1-9]/.test(response.url()));
  await page.unroute('**/api/stream');
  const missed = (await (await answer).json()) as { number: number }[];
  expect(missed.length).toBeGreaterThan(1);
  expect(new URL((await answer).url()).searchParams.get('after')).toBe(String(missed[0]!.number - 1));
  await page.getByText('live', { exact: true }).waitFor();
  other.abort();
});

test('the node page has numbers, reasons, incidents and the log', async ({ page }) => {
  await page.goto(site.address);
  await site.node(page, 'ranking-1').click();
  await page.getByRole('heading', { name: 'ranking-1', level: 2 }).waitFor();
  await page.getByText('callers use it').waitFor();
  expect(await page.getByRole('group', { name: 'Event loop' }).textContent()).toMatch(/% ?busy/);
  await page.getByText(/regular replica; .*incarnation \d+, up for .*; Tierlab [\d.]+ on Node\.js [\d.]+/).waitFor();
  await page
    .getByRole('region', { name: /The end of the log/ })
    .getByText('ready')
    .first()
    .waitFor();
  // A command that is pasted finds this cluster, although its data folder is not the usual one.
  const follow = await page.locator('code', { hasText: 'logs ranking-1 -f' }).textContent();
  expect(follow).toContain(` --data ${site.cluster.dataDir}`);
});

test('a search page leads to its own waterfall, and the list of requests leads to every other', async ({ page }) => {
  const answer = await fetch(`${site.cluster.client}/search?q=water`);
  await page.goto(`${site.cluster.client}/trace/${answer.headers.get('x-request-id')}`);
  await page.getByRole('heading', { name: 'GET /search' }).waitFor();
  const row = page.getByRole('listitem').filter({ hasText: 'app.search' });
  expect(await row.getByRole('img').getAttribute('aria-label')).toMatch(/work .*wait for data/);
  await page.getByRole('row', { name: /^ranking / }).waitFor();
  await page.getByRole('link', { name: 'Requests' }).click();
  await page.getByRole('heading', { name: 'Where the time of GET /search goes' }).waitFor();
  await page.getByRole('link', { name: 'GET /search' }).first().click();
  await page.getByRole('heading', { name: 'Time by component' }).waitFor();
});

test('the architecture page says which components there are, what each is for, and how they relate', async ({
  page,
}) => {
  await page.goto(site.address);
  await page.getByRole('link', { name: 'Architecture' }).click();
  const ranking = page.getByRole('article').filter({ has: page.getByRole('heading', { name: /^ranking/ }) });
  await ranking.waitFor();
  expect(await ranking.textContent()).toMatch(/order of relevance.*is called byappruns onranking-1, ranking-2/);
});

test('the architecture page shows who called whom in both styles, from traces of real searches', async ({ page }) => {
  for (const style of ['layered', 'object-based']) {
    const { headers } = await fetch(`${site.cluster.client}/search?q=water&style=${style}`);
    // Whoever asks for a trace has it kept.
    await until(
      async () => (await fetch(`${site.cluster.console}/api/requests/${headers.get('x-request-id')}`)).ok,
      boundMs,
    );
  }
  await page.goto(`${site.address}#/architecture`);
  const arrows = (style: string) =>
    page.getByRole('img', { name: `A search in the ${style} style: who called whom` }).locator('.operation');
  await arrows('layered').first().waitFor();
  const both = {
    layered: await arrows('layered').allTextContents(),
    objects: await arrows('object-based').allTextContents(),
  };
  expect(both.layered.join()).toMatch(/^search,search,search,search.*,search.*,find/);
  expect(both.objects.join()).toMatch(/^search,search,plan,find.*,results/);
  expect(await page.getByText(/^Measured from \d+ traces? of the newest searches/).count()).toBe(2);
});

test('the keyboard alone reaches the views, the nodes and the commands, and shows where it is', async ({ page }) => {
  await page.goto(site.address);
  await site.node(page, 'client-1').waitFor();
  const stops = await tabOrder(page, 11);
  expect(stops.slice(0, 8)).toEqual([
    'Skip to the content',
    'Tierlab two-rankings',
    'Overview',
    'Incidents',
    'Faults',
    'Latency',
    'Requests',
    'Architecture',
  ]);
  expect(stops.filter((stop) => stop.endsWith('!'))).toEqual([]);
});

test('without JavaScript it shows the nodes, and reloads itself', async () => {
  await site.withPage({ javaScriptEnabled: false }, async (page) => {
    let loads = 0;
    page.on('load', () => loads++);
    await page.goto(site.address);
    await until(() => loads > 1, boundMs);
    expect(await page.getByRole('row', { name: 'gateway-1 alive' }).isVisible()).toBe(true);
  });
});

const views = ['', 'incidents', 'faults', 'latency', 'requests', 'architecture', 'node/html-1', 'node/nobody-1'];

test.each(screens)('%s: every view can be read, fits, and axe finds nothing serious', async (screen, options) => {
  await site.withPage(
    { ...options, bypassCSP: true },
    async (page) => {
      const answer = await fetch(`${site.cluster.client}/search?q=water`);
      await page.goto(site.address);
      for (const view of [...views, `trace/${answer.headers.get('x-request-id')}`]) {
        await page.evaluate((hash) => (location.hash = hash), `#/${view}`);
        await page.locator('.headline').waitFor();
        await page.locator('main > section + section, main > section h2').first().waitFor();
        if (view.startsWith('trace/')) await page.locator('.waterfall').waitFor();
        for (const summary of await page.locator('details > summary').all()) await summary.click();
        expect([view, await lowContrast(page), await overflow(page)]).toEqual([view, [], 0]);
        expect([view, await seriousProblems(page)]).toEqual([view, []]);
        await page.screenshot({
          path: `${shots}console-${view.replace(/^trace.*/, 'trace').replace('/', '-') || 'overview'}-${screen}.png`,
          fullPage: true,
        });
      }
    },
    { expected: /404 \(Not Found\)/ },
  );
});
