import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import type { PlacementName } from '../../services/client/placements/names.ts';
import { findBrowser, noBrowser } from '../kit/find-browser.ts';
import { LabUnknownError } from '../runner/errors.ts';
import { typedQuery } from './script.ts';

/** One session of a person in a browser. */
export interface LiveSession {
  readonly name: PlacementName;
  readonly messages: readonly string[];
  /** The number of messages that the page itself counted. */
  readonly counted: number;
  /** The time from keys to their screens, ms: the work of the page, and its wait for answers. */
  readonly workedMs: number;
  readonly waitedMs: number;
  /** The last screen. */
  readonly html: string;
}

export interface Person {
  /** Makes the earlier search with a fresh client; it is not counted. */
  readonly arrive: (name: PlacementName) => Promise<void>;
  /** Makes the earlier search in each placement, on one page. */
  readonly arriveInAll: (names: readonly PlacementName[]) => Promise<void>;
  readonly choose: (name: PlacementName) => Promise<void>;
  /** Types the query, searches, turns pages and sorts. */
  readonly session: (name: PlacementName, turns: number) => Promise<LiveSession>;
  /** Searches. If the search fails, this returns the sentence that the page shows. */
  readonly search: (q: string) => Promise<string | undefined>;
  /** The page computes this many times more slowly: 6 = the browser gives it a sixth of the processor. */
  readonly slowDown: (times: number) => Promise<void>;
}

/** A Chromium, or UNKNOWN with the command that installs one. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === undefined)
    throw new LabUnknownError(`this lab needs a browser, and ${noBrowser.why}`, noBrowser.next);
  const playwright = await import('playwright-core').catch(() => undefined);
  if (playwright === undefined)
    throw new LabUnknownError('playwright-core, which drives the browser, is missing', 'npm ci');
  return playwright.chromium
    .launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'] })
    .catch((error: Error) => {
      throw new LabUnknownError(
        `the browser ${executablePath} does not start: ${error.message.split('\n', 1)[0]}`,
        'name another one in TIERLAB_BROWSER, then run the lab again',
      );
    });
}

/** A person before the page at `address`. The browser delays each of its requests by `latencyMs`. */
export async function openPerson(
  browser: Browser | BrowserContext,
  address: string,
  latencyMs: number,
): Promise<Person> {
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  const devtools = await page.context().newCDPSession(page);
  await delayRequests(devtools, latencyMs);
  let messages: string[] = [];
  page.on('request', (request) => {
    const [, message] = /\/placements\/(\w+)/.exec(new URL(request.url()).pathname) ?? [];
    if (message !== undefined) messages.push(message);
  });

  async function type(q: string): Promise<void> {
    await page.locator('#typed').fill('');
    await page.locator('#typed').pressSequentially(q);
    await page.keyboard.press('Enter');
    await idle(page);
  }

  const click = async (name: string): Promise<void> => {
    await page.getByRole('button', { name }).click();
    await idle(page);
  };

  const choose = (name: PlacementName): Promise<void> => page.locator(`input[value="${name}"]`).check();

  async function arriveInAll(names: readonly PlacementName[]): Promise<void> {
    await page.goto(`${address}/placements`);
    for (const name of names) {
      await choose(name);
      await page.locator('#typed').fill(typedQuery);
      await page.keyboard.press('Enter');
      await idle(page);
      await click('Next page');
      await page.locator('#typed').fill('');
      await idle(page);
    }
  }

  return {
    arrive: (name) => arriveInAll([name]),
    arriveInAll,
    choose,
    async session(name, turns) {
      const before = await costOf(page, name);
      messages = [];
      await type(typedQuery);
      for (let turn = 0; turn < turns; turn++) await click('Next page');
      await click('By title');
      const after = await costOf(page, name);
      const sent = messages;
      messages = [];
      return {
        name,
        messages: sent,
        counted: after.roundTrips - before.roundTrips,
        workedMs: after.workedMs - before.workedMs,
        waitedMs: after.waitedMs - before.waitedMs,
        html: await page.locator('#screen').innerHTML(),
      };
    },
    async search(q) {
      await type(q);
      const problem = page.getByRole('alert');
      return (await problem.isVisible()) ? await problem.innerText() : undefined;
    },
    slowDown: async (times) => void (await devtools.send('Emulation.setCPUThrottlingRate', { rate: times })),
  };
}

/**
 * Makes each round trip take at least `latencyMs`. The browser itself adds the delay: after it has sent the request,
 * and before it reads the answer.
 */
async function delayRequests(devtools: CDPSession, latencyMs: number): Promise<void> {
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: latencyMs,
    downloadThroughput: -1,
    uploadThroughput: -1,
  });
}

/** Until every key has been handled. */
const idle = (page: Page): Promise<void> => page.locator('#screen[aria-busy=false]').waitFor({ state: 'attached' });

interface Cost {
  readonly roundTrips: number;
  readonly workedMs: number;
  readonly waitedMs: number;
}

async function costOf(page: Page, name: PlacementName): Promise<Cost> {
  return JSON.parse((await page.locator(`tr[data-placement="${name}"]`).getAttribute('data-cost'))!) as Cost;
}
