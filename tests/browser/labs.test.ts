import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, expect } from 'vitest';
import { homeAt } from '../../labs/runner/home.ts';
import { createLabServer } from '../../labs/serve/server.ts';
import { until } from '../support/cluster.ts';
import { labCommand } from '../support/lab-command.ts';
import { seriousProblems } from './axe.ts';
import { lowContrast, overflow, tabOrder } from './looks.ts';
import { boundMs, person, screens, shots } from './person.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A student who never opens a terminal. */
const folder = temporaryFolder();
const home = homeAt(folder);
const key = 'the-key-of-this-test';
let served: Awaited<ReturnType<typeof createLabServer>> | undefined;
let origin = '';

const { test, withPage } = person(async () => {
  served = await createLabServer({ folder, key, hosts: [] });
  origin = (await served.server.listen({ port: 0, host: '127.0.0.1' })).replace(/\/$/, '');
  return origin;
});
afterAll(async () => {
  await served?.stop();
});

const enter = (page: Page) => page.goto(`${origin}/?key=${key}`);

async function predict(page: Page, values: readonly string[]): Promise<void> {
  for (const [i, value] of values.entries()) await page.locator('[data-quantity]').nth(i).fill(value);
  await page.getByLabel('Why do you think so?').fill('half of it is free');
}

test('lab 10 from the list to the hand-in, with the keyboard, and lab verify accepts the hand-in', async ({
  page,
  complaints,
}) => {
  complaints.expected = /400 \(Bad Request\)/;
  await enter(page);
  expect(page.url()).toBe(`${origin}/`);
  await page.getByRole('link', { name: /^A server is busy half of the time/ }).press('Enter');
  await page.getByRole('heading', { level: 1, name: /^A server is busy half/ }).waitFor();
  await page.getByText('Lindley').first().waitFor();
  await page.getByRole('button', { name: 'Show hint 1 of 3' }).press('Enter');
  await page.getByRole('heading', { name: 'The concept' }).waitFor();

  await page.getByLabel('Your name or ID').fill('ada');
  await page.getByLabel('Your name or ID').press('Tab');
  await page.getByText(/Your numbers: S = \d+ ms/).waitFor();
  await predict(page, ['20 %', '50', '.1s']);
  await page.getByRole('radio', { name: /^virtual/ }).press('Space');
  const run = page.getByRole('button', { name: 'Store my prediction and run' });
  await run.press('Enter');
  await page.getByRole('alert').getByText('W at rho = 0.5: the unit is ms, not "%"').waitFor();
  expect(existsSync(home.reports('10'))).toBe(false);
  expect(await page.evaluate(() => document.activeElement!.getAttribute('data-quantity'))).toBe('0');
  // What was typed outlives the page.
  await page.reload();
  expect(await page.getByLabel('W at rho = 0.9').inputValue()).toBe('.1s');
  await page.getByLabel('W at rho = 0.5').fill('20ms');
  await page.getByRole('radio', { name: /^virtual/ }).press('Space');
  await run.press('Enter');

  await page.getByText('The lab passed.').waitFor({ timeout: 40_000 });
  await page.getByRole('heading', { name: 'Predicted, theory, measured' }).waitFor();
  expect(
    await page
      .getByRole('row', { name: /W at rho = 0\.5/ })
      .first()
      .textContent(),
  ).toContain('20 ms');
  await page.getByLabel('Your explanation').fill('The free time is in the denominator.');
  await page.getByRole('button', { name: 'Save my explanation' }).press('Enter');
  await page.getByText('Saved in the hand-in').waitFor();
  await page.getByText('An answer', { exact: true }).click();
  await page.getByText('A server that is twice as fast answers').waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download the hand-in' }).press('Enter'),
  ]);
  expect(download.suggestedFilename()).toBe('hand-in-10-ada.json');
  const file = path.join(folder, 'handed-in.json');
  await download.saveAs(file);
  const { status, stdout } = labCommand('verify', file);
  expect([status, stdout]).toEqual([0, expect.stringContaining('computed again, and equal')]);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    explanation: 'The free time is in the denominator.',
    result: { hintsRead: 1, owner: { student: 'ada' } },
  });

  await page.getByRole('link', { name: 'All labs' }).click();
  await page.getByText('1 of ').waitFor();
  await page.goto(`${origin}/reports/10`);
  await page.getByText('The free time is in the denominator.').waitFor();
}, 120_000);

test('a live run shows its cluster, outlives the tab, and stops when it is asked to', async ({ page }) => {
  const attempts = () => (existsSync(home.progress) ? readFileSync(home.progress, 'utf8') : '');
  const before = attempts();
  await enter(page);
  await page.goto(`${origin}/#/lab/06`);
  const running = page.getByRole('heading', { name: 'Running (live)' });
  // A busy machine refuses to start a lab.
  await until(async () => {
    const start = page.getByRole('button', { name: 'Run without a prediction' });
    if (await start.isVisible()) {
      await start.click();
      await running.waitFor();
    }
    return page.locator('[data-node="monitor-1"]').isVisible();
  }, 90_000);
  await page.screenshot({ path: `${shots}labs-running-light.png`, fullPage: true });
  await page.goto('about:blank');
  await page.goto(`${origin}/`);
  await page.getByText('Lab 06 is running.').waitFor();
  await page.getByRole('link', { name: 'Watch it' }).click();
  await running.waitFor();
  await page.locator('[data-node="monitor-1"]').waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByText('Nothing is left running, and no attempt is counted.').waitFor({ timeout: 30_000 });
  expect([attempts(), existsSync(home.journal)]).toEqual([before, false]);
}, 150_000);

test('without the key there is nothing but the question for it', async ({ page, complaints }) => {
  complaints.expected = /401 \(Unauthorized\)/;
  await page.goto(`${origin}/#/lab/10`);
  await page.getByLabel('Key or address').fill('another');
  await page.getByRole('button', { name: 'Use this key' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Key or address').fill(`${origin}/?key=${key}`);
  await page.getByRole('button', { name: 'Use this key' }).click();
  await page.getByRole('heading', { level: 1, name: /^A server is busy half/ }).waitFor();
});

test.each(screens)('%s: the list and a lab with its result can be read by everybody', async (name, options) => {
  await withPage({ ...options, bypassCSP: true }, async (page) => {
    await enter(page);
    await page.getByText(/\d+ of \d+ labs passed/).waitFor();
    const problems: Record<string, unknown> = {};
    const look = async (view: string) => {
      await page.screenshot({ path: `${shots}labs-${view}-${name}.png`, fullPage: true });
      problems[view] = [await seriousProblems(page), await lowContrast(page), await overflow(page)];
    };
    await look('list');
    await page.goto(`${origin}/#/lab/10`);
    await page.getByText('The last run').waitFor({ timeout: boundMs });
    await look('lab');
    expect(problems).toEqual({ list: [[], [], 0], lab: [[], [], 0] });
    if (name === 'light') {
      await page.goto(`${origin}/#/`);
      await page.reload();
      await page.getByText(/\d+ of \d+ labs passed/).waitFor();
      const order = await tabOrder(page, 4);
      expect(order.slice(0, 3)).toEqual(['Skip to the content', 'Tierlab labs', 'All labs']);
      expect(order.filter((stop) => stop.endsWith('!'))).toEqual([]);
    }
  });
});
