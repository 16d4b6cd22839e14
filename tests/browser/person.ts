import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { findBrowser, noBrowser } from '../../labs/kit/find-browser.ts';

/** Where the tests leave what they saw. */
export const shots = fileURLToPath(new URL('../../reports/browser/', import.meta.url));
export const boundMs = 15_000;

/** Why the tests of pages are skipped, and what helps. */
export const howToGetOne = `${noBrowser.why}. Next: ${noBrowser.next}`;

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
export async function openBrowser(): Promise<Browser | undefined> {
  const executablePath = findBrowser();
  if (executablePath === undefined) return undefined;
  mkdirSync(shots, { recursive: true });
  const quiet = ['--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-quic', ...quiet] });
}

/** Runs with a page of its own; fails when the browser complained about anything that is not `expected`. */
export async function withPage(
  browser: Browser,
  options: BrowserContextOptions,
  work: (page: Page) => Promise<void>,
  expected = /^$/,
): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1100, height: 800 }, ...options });
  context.setDefaultTimeout(boundMs);
  const complaints: string[] = [];
  try {
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await work(page);
    expect(complaints.filter((complaint) => !expected.test(complaint))).toEqual([]);
  } finally {
    await context.close();
  }
}
