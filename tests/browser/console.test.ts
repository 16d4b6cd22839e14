import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { dataFolder, startCluster, until, type TestCluster } from '../support/cluster.ts';
import { howToGetOne } from './find-browser.ts';
import { lowContrast, overflow, tabOrder } from './looks.ts';
import { boundMs, openBrowser, screens, shots, withPage } from './person.ts';

/** A person with a browser before the console of a real cluster that takes faults. */
let browser: Browser;
let cluster: TestCluster;
let data: Awaited<ReturnType<typeof dataFolder>>;
/** With the key that opens the buttons. */
let address: string;

beforeAll(async () => {
  const opened = await openBrowser();
  if (opened === undefined) return;
  browser = opened;
  data = await dataFolder([{ id: 'a', title: 'water', body: 'water is wet' }]);
  cluster = await startCluster({ dataDir: data.dir, env: { TIERLAB_CHAOS: '1' } });
  address = await until(() => /http:\S+operator=\S+/.exec(cluster.output())?.[0] ?? '');
});
afterAll(async () => {
  await browser?.close();
  await cluster?.stop();
  data?.remove();
});
beforeEach((context) => {
  if (browser === undefined) context.skip(howToGetOne);
});

/** Until the page tells of another heartbeat than now. */
async function renewed(page: Page): Promise<void> {
  const before = await page.locator('main').textContent();
  await until(async () => (await page.locator('main').textContent()) !== before, boundMs);
}

test('a click breaks a node, the incident comes by itself, and says how it went', async () => {
  await withPage(
    browser,
    {},
    async (page) => {
      await page.goto(address);
      await page.getByRole('link', { name: 'html-1' }).click();
      await page.getByRole('button', { name: 'Crash' }).click();
      // The only one of its group: refused first, with the reason.
      await page.getByRole('button', { name: 'Do it anyway' }).click();
      await page.waitForURL('**/nodes/html-1');
      await page.getByRole('link', { name: 'Tierlab console' }).click();
      const incident = page.locator('tr', { hasText: 'html-1' });
      await incident.waitFor({ timeout: 2 * boundMs });
      await incident.getByText('repaired').waitFor({ timeout: 3 * boundMs });
      expect(await incident.locator('td').nth(2).textContent()).toContain('crashed');
    },
    /409 \(Conflict\)/,
  );
});

test('the whole card of a node leads to it', async () => {
  await withPage(browser, {}, async (page) => {
    await page.goto(address);
    const card = page.locator('li', { has: page.getByRole('link', { name: 'gateway-1' }) });
    const { width, height } = (await card.boundingBox())!;
    await card.click({ position: { x: width - 8, y: height - 8 } });
    await page.waitForURL('**/nodes/gateway-1');
  });
});

test('the page follows without being loaded anew: the focus and what was folded out stay', async () => {
  await withPage(browser, {}, async (page) => {
    let loads = 0;
    page.on('load', () => loads++);
    await page.goto(address);
    await page.locator('summary').click();
    await page.getByRole('link', { name: 'gateway-1' }).focus();
    await renewed(page);
    await renewed(page);
    expect(await page.evaluate(() => document.activeElement!.getAttribute('href'))).toBe('/nodes/gateway-1');
    expect(await page.getByText('silent for longer than usual').isVisible()).toBe(true);
    expect(loads).toBe(1);
  });
});

test('without JavaScript it reloads itself', async () => {
  await withPage(browser, { javaScriptEnabled: false }, async (page) => {
    let loads = 0;
    page.on('load', () => loads++);
    await page.goto(address);
    await until(() => loads > 1, boundMs);
  });
});

test('the keyboard alone reaches the nodes, what is below them and the help, and shows where it is', async () => {
  await withPage(browser, {}, async (page) => {
    await page.goto(address);
    const stops = await tabOrder(page, 4);
    expect(stops).toEqual([expect.stringMatching(/^\d+ incidents?$/), 'client-1', 'gateway-1', 'app-1']);
  });
});

test.each(screens)('%s: every page of the console can be read, and fits', async (screen, options) => {
  const work = async (page: Page) => {
    await page.goto(address);
    for (const [view, path] of [
      ['overview', '/'],
      ['node', '/nodes/html-1'],
      ['nobody', '/nodes/nobody-1'],
    ] as const) {
      await page.goto(path);
      for (const summary of await page.locator('details > summary').all()) await summary.click();
      expect([view, await lowContrast(page), await overflow(page)]).toEqual([view, [], 0]);
      const cut = await page
        .locator('td')
        .evaluateAll((cells) => cells.filter((it) => it.getBoundingClientRect().right > innerWidth).length);
      expect([view, cut]).toEqual([view, 0]);
      await page.screenshot({ path: `${shots}console-${view}-${screen}.png`, fullPage: true });
    }
  };
  await withPage(browser, { baseURL: new URL(address).origin, ...options }, work, /404 \(Not Found\)/);
});

test('a console that is away says so, keeps what it knew, and is there again by itself', async () => {
  const work = async (page: Page) => {
    await page.goto(address);
    // Not a signal: its monitor has a stopped console restarted before the browser gives it up.
    await page.context().setOffline(true);
    const away = page.getByText(/does not answer since/);
    await away.waitFor();
    expect(await page.getByRole('link', { name: 'gateway-1' }).isVisible()).toBe(true);
    await page.context().setOffline(false);
    await away.waitFor({ state: 'hidden' });
  };
  await withPage(browser, {}, work, /ERR_INTERNET_DISCONNECTED/);
});
