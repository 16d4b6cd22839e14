import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { until } from '../support/cluster.ts';
import { seriousProblems } from './axe.ts';
import { corpus } from './corpus.ts';
import { lowContrast, overflow, tabOrder } from './looks.ts';
import { boundMs, screens, shots } from './person.ts';
import { site, suggests } from './site.ts';

/** A person with a browser before a real cluster: nine processes, real sockets, a real engine. */
const here = site({ pages: corpus, ready: suggests('do', 'dog') });
const { test, withPage } = here;

const pathOf = (page: Page) => new URL(page.url()).pathname + new URL(page.url()).search;

test('type, see suggestions, search, page, open a page, follow a link, go back', async ({ page }) => {
  await page.goto('/');
  const box = page.getByRole('combobox', { name: 'Search the pages' });
  expect(await box.evaluate((element) => element === document.activeElement)).toBe(true);

  await page.keyboard.type('do');
  const options = page.getByRole('option');
  await options.first().waitFor();
  expect(await box.getAttribute('aria-expanded')).toBe('true');
  await page.screenshot({ path: `${shots}suggestions.png` });
  const words = await options.allTextContents();
  expect(words.every((word) => word.startsWith('do'))).toBe(true);

  await page.keyboard.press('ArrowDown');
  expect(await options.first().getAttribute('aria-selected')).toBe('true');
  expect(await box.getAttribute('aria-activedescendant')).toBe(await options.first().getAttribute('id'));
  expect(await box.inputValue()).toBe(words[0]);
  await page.keyboard.press('Escape');
  expect(await box.inputValue()).toBe('do');
  expect(await options.count()).toBe(0);

  await box.fill('dogs');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Results for dogs' }).waitFor({ state: 'attached' });
  expect(await page.locator('.result').count()).toBe(10);
  expect(await page.locator('mark').first().textContent()).toMatch(/^dogs?$/i);
  expect(await page.locator('.summary').textContent()).toContain('1 to 10 of 34 pages');

  await page.getByRole('link', { name: 'Next' }).click();
  await page.waitForURL('**/search?q=dogs&page=2');
  expect(await page.locator('[aria-current=page]').textContent()).toBe('2');

  await page.goBack();
  await page.getByRole('link', { name: 'dog, domestic dog' }).click();
  await page.waitForURL('**/page/dog');
  await page.getByRole('link', { name: 'animal, creature' }).click();
  await page.waitForURL('**/page/animal');
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('animal, creature');
  await page.goBack();
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('dog, domestic dog');
  await page.goBack();
  expect(pathOf(page)).toBe('/search?q=dogs');
});

test('a suggestion that is clicked is searched for', async ({ page }) => {
  await page.goto('/search?q=zzz');
  await page.getByRole('combobox').fill('anim');
  await page.getByRole('option').first().click();
  await page.waitForURL('**/search?q=animal*');
  expect(await page.getByRole('combobox').inputValue()).toMatch(/^animal/);
});

test('the slash key goes to the search box', async ({ page }) => {
  await page.goto('/page/dog');
  await page.keyboard.press('/');
  await page.keyboard.type('puppy');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/search?q=puppy');
});

test('all of it works without JavaScript', async () => {
  await withPage({ javaScriptEnabled: false }, async (page) => {
    await page.goto('/');
    await page.getByRole('searchbox').fill('dogs');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/search?q=dogs');
    expect(await page.locator('.result').count()).toBe(10);
    await page.getByRole('link', { name: 'Explain the scores' }).click();
    await page.getByText('Why this score').first().click();
    expect(await page.locator('.explanation table').first().textContent()).toContain('Relevance');
    await page.getByRole('link', { name: 'Next' }).click();
    await page.waitForURL('**/search?q=dogs&page=2&explain=true');
    await page.goto('/page/puppy');
    const links = page.getByRole('region', { name: 'Links of this page' });
    await links.getByRole('link', { name: 'dog, domestic dog' }).click();
    await page.waitForURL('**/page/dog');
  });
});

test('every answer shows the nodes that made it, in both styles', async ({ page }) => {
  await page.goto('/search?q=dogs');
  const path = page.getByRole('region', { name: 'The path of this answer' });
  const names = () => path.locator('.node').allTextContents();
  expect(await names()).toEqual(['client-1', 'gateway-1', 'app-1', 'query-1', 'database-1', 'ranking-1', 'html-1']);
  await path.locator('summary').click();
  await path.getByRole('link', { name: 'Make it again in the layered style' }).click();
  await page.waitForURL('**style=layered');
  expect(await names()).toEqual(['client-1', 'gateway-1', 'app-1', 'html-1', 'ranking-1', 'query-1', 'database-1']);
});

test('words that nothing matches get advice that leads on', async ({ page }) => {
  await page.goto(`/search?q=${encodeURIComponent('"number dogs"')}`);
  await page.getByRole('link', { name: 'number dogs' }).click();
  expect(await page.locator('.result').count()).toBe(10);
});

test('hostile words and hostile pages stay text in a real browser', async ({ page }) => {
  const hacked = () => page.evaluate(() => (window as unknown as { hacked?: number }).hacked);
  for (const q of [
    'hostile',
    '"><script>window.hacked=1</script>',
    "'-window.hacked=1-'",
    '</title><svg onload=window.hacked=1>',
  ]) {
    await page.goto(`/search?q=${encodeURIComponent(q)}&explain=true`);
    expect(await page.getByRole('combobox').inputValue()).toBe(q);
    expect(await hacked()).toBeUndefined();
  }
  await page.goto('/page/hostile');
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('<script>window.hacked=1</script>');
  expect(await hacked()).toBeUndefined();
});

const views: readonly (readonly [string, string])[] = [
  ['home', '/'],
  ['results', '/search?q=dogs&explain=true&style=layered'],
  ['nothing', '/search?q=%22zzz+qqq%22+-cat'],
  ['page', '/page/dog'],
  ['failure', '/page/nobody'],
];
test.each(screens)('%s: every page can be read, fits, and axe finds nothing serious', async (screen, options) => {
  const work = async (page: Page): Promise<void> => {
    for (const [view, address] of views) {
      await page.goto(address);
      for (const summary of await page.locator('details > summary').all()) await summary.click();
      expect([view, await lowContrast(page), await overflow(page)]).toEqual([view, [], 0]);
      expect([view, await seriousProblems(page)]).toEqual([view, []]);
      await page.screenshot({ path: `${shots}${view}-${screen}.png`, fullPage: true });
    }
  };
  await withPage({ ...options, bypassCSP: true }, work, { expected: /404 \(Not Found\)/ });
});

test('the eye for contrast and width sees what is wrong', async ({ page }) => {
  const grey =
    '<p style="color:#888">too pale</p><p style="color:#fff8;background:#000">half clear</p><p ' +
    'style="color:#595959">fine</p>';
  await page.setContent(`<body style="background:#fff">${grey}<div style="width:2000px">wide</div>`);
  expect(await lowContrast(page)).toEqual([expect.stringMatching(/^too pale: 3\.5/)]);
  expect(await overflow(page)).toBeGreaterThan(800);
});

test('the keyboard alone reaches everything in a sensible order, and shows where it is', async ({ page }) => {
  await page.goto('/page/dog');
  expect(await tabOrder(page, 9)).toEqual([
    'Skip to the content',
    'Tierlab, home',
    'q',
    'Search',
    expect.stringMatching(/ms, object-based style$/),
    'noun.animal',
    'animal, creature',
    'puppy',
    expect.anything(),
  ]);
});

test('when nobody behind the client answers, it says so, keeps the words, and recovers by itself', async ({
  page,
  complaints,
}) => {
  complaints.expected = /50[234] \(/;
  const { cluster } = here;
  const gateway = await cluster.node('gateway-1');
  process.kill(gateway.pid!, 'SIGSTOP');
  const response = await page.goto('/search?q=puppy');
  // 502: its connections broke when it was killed to be restarted.
  expect([502, 503, 504]).toContain(response?.status());
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toMatch(/cannot be answered now|took too long/);
  expect(await page.getByRole('combobox').inputValue()).toBe('puppy');
  await page.screenshot({ path: `${shots}away.png` });
  // Nobody continues it: the monitor finds it hung, and has it restarted.
  await until(async () => (await fetch(`${cluster.client}/search?q=puppy`)).ok, boundMs);
  await page.getByRole('link', { name: 'Try again' }).click();
  expect(await page.locator('.result').first().textContent()).toContain('puppy');
});

test('the API’s own page works under its content security policy', async () => {
  await withPage({ baseURL: here.cluster.gateway }, async (page) => {
    await page.goto('/docs/');
    await page.getByText('/api/search').click();
    expect(await page.locator('.opblock').count()).toBe(3);
    await page.getByRole('button', { name: 'Try it out' }).click();
    await page.getByPlaceholder('q').fill('puppy');
    await page.getByRole('button', { name: 'Execute' }).click();
    await page.getByText('"a young dog"').first().waitFor();
  });
});
