import path from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { until } from '../support/cluster.ts';
import { seriousProblems } from './axe.ts';
import { corpus } from './corpus.ts';
import { lowContrast, overflow } from './looks.ts';
import { boundMs, screens, shots } from './person.ts';
import { site, suggests } from './site.ts';

/** A person whose connection and doors come and go. */
const here = site({
  pages: corpus,
  ready: suggests('pu', 'puppy'),
  topology: path.join(import.meta.dirname, 'two-doors.json'),
  // The browser reports each request that found no server, and the one that the policy refuses.
  expected: /ERR_CONNECTION_REFUSED|ERR_FAILED|Content Security Policy/,
});
const { test, withPage } = here;

/** Kills these nodes, and lets nobody start them again while `work` runs. */
async function without(groups: RegExp, work: () => Promise<void>): Promise<void> {
  const { cluster } = here;
  const watchdog = cluster.process.pid!;
  const nodes = (await cluster.nodes()).filter(({ id }) => groups.test(id));
  process.kill(watchdog, 'SIGSTOP');
  try {
    for (const { pid } of nodes) process.kill(pid!, 'SIGKILL');
    await work();
  } finally {
    process.kill(watchdog, 'SIGCONT');
    const gone = new Set(nodes.map(({ pid }) => pid));
    await until(async () => (await cluster.nodes()).every((it) => it.state === 'ready' && !gone.has(it.pid)), boundMs);
  }
}

const anyDoor = /^(client|gateway)/;
const controlled = (page: Page) => page.waitForFunction(() => navigator.serviceWorker.controller !== null);
const note = (page: Page) => page.locator('.connection');

/** Until the device has kept the answer to this address. */
const kept = (page: Page, address: string) =>
  until(() => page.evaluate(async (address) => (await caches.match(address)) !== undefined, address), boundMs);

test('offline: earlier searches with their age, a clear sentence for new ones, and the page catches up', async ({
  page,
}) => {
  await page.goto('/');
  await controlled(page);
  await kept(page, '/');
  await page.getByRole('combobox').fill('dogs');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/search?q=dogs');
  await kept(page, '/search?q=dogs');
  expect(await note(page).count()).toBe(0);

  await without(anyDoor, async () => {
    // The open page notices it with the first suggestion that does not come.
    await page.getByRole('combobox').fill('pupp');
    await note(page).getByText('You are offline').waitFor();
    expect(await note(page).textContent()).toMatch(/Tierlab does not answer\. This page is .+ old\./);

    await page.goto('/search?q=puppy');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('This page is not kept on this device');
    await expect.poll(() => page.getByRole('combobox').inputValue()).toBe('puppy');
    const waiting = await page.context().newPage();
    await waiting.goto('/search?q=puppy');
    const program = await page.context().newPage();
    await program.goto('/placements');
    expect(await program.getByRole('heading', { level: 1 }).textContent()).toContain('not kept on this device');

    await page.getByRole('link', { name: 'dogs', exact: true }).click();
    await page.waitForURL('**/search?q=dogs');
    expect(await page.locator('.result').count()).toBe(10);
    // The copy itself says that it is old: before any script has run.
    const copy = await page.evaluate(async () => {
      const response = await fetch(location.href, { headers: { accept: 'text/html' } });
      return { text: await response.text(), offline: response.headers.get('x-offline') };
    });
    expect(copy).toEqual({ text: expect.stringMatching(/class="connection".+an earlier answer/s), offline: '1' });
    expect(await note(page).textContent()).toMatch(/This page is (a few|\d+) seconds old/);

    await page.evaluate(() => void Object.assign(window, { notReloaded: true }));
    await page.getByRole('combobox').fill('dogs and c');
    await page.evaluate(() => scrollTo(0, 250));
  });
  await note(page).getByText('Tierlab answers again').waitFor();
  expect(await page.evaluate(() => (window as unknown as { notReloaded?: true }).notReloaded)).toBe(true);
  expect(await page.evaluate(() => scrollY)).toBe(250);
  const box = page.getByRole('combobox');
  expect(await box.inputValue()).toBe('dogs and c');
  expect(await box.evaluate((element) => element === document.activeElement)).toBe(true);
  expect(await page.locator('.result').count()).toBe(10);
  await box.fill('pu');
  await page.getByRole('option', { name: 'puppy' }).waitFor();
  // The search that had no answer has one now, without a reload.
  const waiting = page.context().pages()[1]!;
  expect(await waiting.locator('.result').first().textContent()).toContain('puppy');
  expect(await waiting.title()).toContain('puppy');
  // A page with a program of its own is loaded as a whole, so that the program runs.
  const program = page.context().pages()[2]!;
  await program.getByRole('button', { name: 'Play it in all five' }).waitFor();
});

test('when a gateway dies, its pages go on by another door, and what was typed stays', async () => {
  const { cluster } = here;
  await withPage({ baseURL: cluster.gateway }, async (page) => {
    await page.goto('/search?q=dogs');
    await controlled(page);
    await page.getByRole('combobox').fill('p');
    await page.getByRole('option', { name: 'puppy' }).waitFor();
    await without(/^(client-1|gateway-1)$/, async () => {
      const suggested = page.waitForResponse('**/suggest?prefix=pu*');
      await page.getByRole('combobox').press('u');
      expect((await suggested).status()).toBe(200);
      expect(await page.getByRole('combobox').inputValue()).toBe('pu');
      await page.getByRole('option', { name: 'puppy' }).click();
      await page.waitForURL(`${cluster.gateway}/search?q=puppy`);
      const via = page.getByRole('region', { name: 'The path of this answer' });
      expect(await via.locator('.node').allTextContents()).toContain('gateway-2');
      // The page still has the policy of its own door: it may not ask the other one itself.
      const violated = await page.evaluate(
        (door) =>
          new Promise((resolve) => {
            document.addEventListener('securitypolicyviolation', (event) => resolve(event.violatedDirective));
            void fetch(door).catch(() => undefined);
          }),
        cluster.client,
      );
      expect(violated).toBe('connect-src');
      expect(await note(page).count()).toBe(0);
    });
  });
});

test('a page that only leads elsewhere goes there as soon as its door answers again', async () => {
  await withPage({ baseURL: here.cluster.gateway }, async (page) => {
    await page.goto('/');
    await controlled(page);
    await without(anyDoor, async () => {
      await page.goto('/placements');
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('not kept on this device');
    });
    await page.getByRole('button', { name: 'Play it in all five' }).waitFor();
    expect(page.url()).toBe(`${here.cluster.client}/placements`);
  });
});

test('a worker of a new build throws away what the old one kept', async ({ page }) => {
  await page.goto('/search?q=dogs');
  await controlled(page);
  await kept(page, '/search?q=dogs');
  await page.evaluate(async () => {
    await (await navigator.serviceWorker.getRegistration())!.unregister();
    await caches.open('tierlab-pages-of-an-old-build');
    await caches.open('of-another-program');
  });
  await page.goto('/page/dog');
  await controlled(page);
  const cacheNames = () => page.evaluate(() => caches.keys());
  await until(async () => !(await cacheNames()).includes('tierlab-pages-of-an-old-build'), boundMs);
  const names = await cacheNames();
  expect(names).toContain('of-another-program');
  expect(names.filter((name) => name.startsWith('tierlab-pages'))).toHaveLength(1);
});

test('what is shown offline can be read, fits, and axe finds nothing serious', async () => {
  const contexts = await Promise.all(
    screens.map(async ([screen, options]) => ({
      screen,
      context: await here.browser.newContext({ baseURL: here.cluster.client, bypassCSP: true, ...options }),
    })),
  );
  try {
    for (const { context } of contexts) {
      const page = await context.newPage();
      await page.goto('/search?q=dogs');
      await controlled(page);
      await kept(page, '/search?q=dogs');
    }
    await without(anyDoor, async () => {
      for (const { screen, context } of contexts) {
        const [page] = context.pages();
        for (const q of ['dogs', 'puppy']) {
          await page!.goto(`/search?q=${q}`);
          await note(page!).getByText('You are offline').waitFor();
          expect([screen, q, await lowContrast(page!), await overflow(page!)]).toEqual([screen, q, [], 0]);
          expect([screen, q, await seriousProblems(page!)]).toEqual([screen, q, []]);
          await page!.screenshot({ path: `${shots}offline-${q}-${screen}.png` });
        }
      }
    });
  } finally {
    for (const { context } of contexts) await context.close();
  }
});
