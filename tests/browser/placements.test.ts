import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { placementNames } from '../../services/client/placements/names.ts';
import { sessionQuery } from '../../services/client/placements/session.ts';
import { animalPages } from '../unit/client/placements/pages.ts';
import { until, type TestPage } from '../support/cluster.ts';
import { seriousProblems } from './axe.ts';
import { openPerson } from '../../labs/04-thin-and-fat-clients/browser.ts';
import { asScript, scripts } from '../../labs/04-thin-and-fat-clients/script.ts';
import { labPages } from '../../labs/kit/pages.ts';
import { lowContrast, overflow, tabOrder } from './looks.ts';
import { boundMs, screens, shots } from './person.ts';
import { site, suggests } from './site.ts';

/** A person before the page of the placements, with a real cluster behind it. */
const ofLabs = labPages()
  .split('\n')
  .map((line) => JSON.parse(line) as TestPage);
const here = site({
  pages: [...animalPages.map(({ id, title, body, keywords }) => ({ id, title, body, keywords })), ...ofLabs],
  ready: suggests('do', 'domest'),
});
const { test, withPage } = here;

const choose = (page: Page, name: string) => page.locator(`input[value="${name}"]`).check();
const titles = (page: Page) => page.locator('#screen .result h2').allTextContents();
const said = (page: Page, text: RegExp) => page.locator('#status').filter({ hasText: text }).waitFor();

async function search(page: Page, q: string): Promise<void> {
  const box = page.getByRole('searchbox', { name: 'Search, key by key' });
  await box.fill('');
  await box.pressSequentially(q);
  await page.keyboard.press('Enter');
}

/** The best pages as the public API gives them. */
async function oracle(q: string, size: number): Promise<string[]> {
  const answer = await fetch(`${here.cluster.gateway}/api/search?q=${encodeURIComponent(q)}&size=${size}`);
  return ((await answer.json()) as { results: { title: string }[] }).results.map(({ title }) => title);
}

test('the button that plays the session shows its round trips and its last screen', async ({ page }) => {
  await page.goto('/placements');
  await choose(page, 'terminal');
  await page.getByRole('button', { name: 'Play the session here' }).click();
  await said(page, /^terminal: 25 round trips/);
  expect(await page.locator('[data-placement="terminal"] [data-field=roundTrips]').textContent()).toBe('25');
  const byTitle = (await oracle(sessionQuery, 100)).toSorted((a, b) => (a < b ? -1 : 1));
  expect(await titles(page)).toEqual(byTitle.slice(0, 10));
});

test('the person of lab 04 sends exactly the messages of the scripts', async () => {
  const context = await here.browser.newContext();
  try {
    const person = await openPerson(context, here.cluster.client, 2);
    const sent: unknown[] = [];
    for (const name of placementNames) {
      await person.arrive(name);
      const { messages, counted } = await person.session(name, 2);
      expect(counted).toBe(messages.length);
      sent.push([name, asScript(messages)]);
    }
    expect(sent).toEqual(placementNames.map((name) => [name, scripts[name](2)]));
  } finally {
    await context.close();
  }
});

test('each placement answers what a person types as the search page does, and each keeps its own screen', async ({
  page,
}) => {
  await page.goto('/placements');
  const best = await oracle('tame herd', 20);
  for (const name of placementNames) {
    await choose(page, name);
    await search(page, 'tame herd');
    await said(page, /^1 to 10 of/);
    expect([name, await titles(page)]).toEqual([name, best.slice(0, 10)]);
    await page.getByRole('button', { name: 'Next page' }).click();
    await said(page, /^11 to 20 of/);
    expect([name, await titles(page)]).toEqual([name, best.slice(10)]);
  }
  await choose(page, 'terminal');
  expect(await page.locator('#typed').inputValue()).toBe('tame herd');
  await page.locator('#typed').fill('dome');
  await page.getByRole('button', { name: 'domesticated' }).click();
  await said(page, /^1 to 10 of/);
  expect(await page.locator('#typed').inputValue()).toBe('domesticated');
});

const ready = () =>
  until(async () => (await fetch(`${here.cluster.client}/placements`).catch(() => undefined))?.ok, boundMs);

test('without the server, data on the client still answers, and a new query fails with a sentence', async ({
  page,
  complaints,
}) => {
  complaints.expected = /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/;
  await page.goto('/placements');
  for (const name of placementNames) {
    await choose(page, name);
    await search(page, 'farm');
    await said(page, /^1 to 10 of/);
  }
  await here.control('client-1', 'stop');
  const alert = page.getByRole('alert');
  const turn = () => page.getByRole('button', { name: 'Next page' }).click();
  const answers: Record<string, string[]> = {};
  for (const name of placementNames) {
    await choose(page, name);
    answers[name] = [];
    for (const act of [turn, () => search(page, 'farm'), () => search(page, 'river')]) {
      await act();
      await page.locator('#screen[aria-busy=false]').waitFor();
      answers[name].push((await alert.isVisible()) ? await alert.innerText() : 'answers');
    }
  }
  const gone = 'The server does not answer.';
  const notCached = (what: string) => `${what} in the cache of this client, and the server does not answer.`;
  expect(answers).toEqual({
    terminal: [gone, gone, gone],
    'user-interface': [gone, gone, gone],
    'shared-application': ['answers', gone, gone],
    application: [gone, gone, gone],
    'data-cache': [notCached('Some of these pages are not'), 'answers', notCached('A word of this search is not')],
  });
  await here.control('client-1', 'start');
  await ready();
  await search(page, 'river');
  await said(page, /^1 to 10 of/);
});

test('the keyboard alone reaches the switch, the line and the buttons, and shows where it is', async ({ page }) => {
  await page.goto('/placements');
  await page.locator('input[value=terminal]').focus();
  await page.keyboard.press('ArrowDown');
  expect(await page.locator('input[value=user-interface]').isChecked()).toBe(true);
  const stops = await tabOrder(page, 5);
  expect(stops.map((stop) => stop.replace(/ .*/, ''))).toEqual(['Counters', 'null', 'Search', 'Play', 'Play']);
  expect(stops.filter((stop) => stop.endsWith('!'))).toEqual([]);
});

test('without JavaScript the page says what it needs', async () => {
  await withPage({ javaScriptEnabled: false }, async (page) => {
    await page.goto('/');
    await page.getByRole('link', { name: 'Compare thin and fat clients' }).click();
    expect(await page.locator('noscript .problem').isVisible()).toBe(true);
  });
});

test.each(screens)('%s: the page can be read, fits, and axe finds nothing serious', async (name, options) => {
  await withPage({ ...options, bypassCSP: true }, async (page) => {
    await page.goto('/placements');
    await page.getByRole('button', { name: 'Play it in all five' }).click();
    await said(page, /^data-cache: 3 round trips/);
    await page.locator('#typed').fill('dome');
    await page.getByRole('button', { name: 'domesticated' }).waitFor();
    expect([await lowContrast(page), await overflow(page), await seriousProblems(page)]).toEqual([[], 0, []]);
    await page.screenshot({ path: `${shots}placements-${name}.png`, fullPage: true });
  });
});
