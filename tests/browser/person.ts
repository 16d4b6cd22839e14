import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test as base } from 'vitest';
import { findBrowser, noBrowser } from '../../labs/kit/find-browser.ts';

/** Where the tests leave what they saw. */
export const shots = fileURLToPath(new URL('../../reports/browser/', import.meta.url));
export const boundMs = 15_000;

/** Why the tests of pages are skipped, and what helps. */
const howToGetOne = `${noBrowser.why}. Next: ${noBrowser.next}`;

export const screens: readonly (readonly [string, BrowserContextOptions])[] = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  [
    'phone',
    {
      colorScheme: 'light',
      viewport: { width: 320, height: 640 },
      deviceScaleFactor: 2,
      hasTouch: true,
      isMobile: true,
    },
  ],
];

/** Undefined where none is installed. */
async function openBrowser(): Promise<Browser | undefined> {
  const executablePath = findBrowser();
  if (executablePath === undefined) return undefined;
  mkdirSync(shots, { recursive: true });
  const quiet = ['--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-quic', ...quiet] });
}

/** What the browser may complain about in one test. */
interface Complaints {
  expected: RegExp;
}

/**
 * A person with a browser, for all tests of a file. `arrive` prepares what they visit, and resolves with its address.
 * Without a browser the tests are skipped.
 */
export function person(arrive: () => Promise<string>, expected = /^$/) {
  let browser: Browser | undefined;
  let baseURL = '';

  beforeAll(async () => {
    browser = await openBrowser();
    if (browser !== undefined) baseURL = await arrive();
  });
  afterAll(async () => {
    await browser?.close();
  });
  beforeEach(({ skip }) => {
    if (browser === undefined) skip(howToGetOne);
  });

  /** Runs with a page of its own; fails when the browser complained about anything that is not expected. */
  async function withPage(
    options: BrowserContextOptions,
    work: (page: Page) => Promise<void>,
    complaints: Complaints = { expected },
  ): Promise<void> {
    const context = await browser!.newContext({ baseURL, viewport: { width: 1100, height: 800 }, ...options });
    context.setDefaultTimeout(boundMs);
    const heard: string[] = [];
    try {
      const page = await context.newPage();
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') heard.push(message.text());
      });
      page.on('pageerror', (error) => heard.push(String(error)));
      page.on('dialog', (dialog) => {
        heard.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      await work(page);
      expect(heard.filter((complaint) => !complaints.expected.test(complaint))).toEqual([]);
    } finally {
      await context.close();
    }
  }

  return {
    get browser() {
      return browser!;
    },
    withPage,
    /** Each test has a page of its own. */
    test: base
      .extend('complaints', (): Complaints => ({ expected }))
      .extend<{ page: Page }>({ page: async ({ complaints }, use) => withPage({}, use, complaints) }),
  };
}
