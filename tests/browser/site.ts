import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import {
  dataFolder,
  startCluster,
  until,
  type StartOptions,
  type TestCluster,
  type TestPage,
} from '../support/cluster.ts';
import { boundMs, howToGetOne, openBrowser, withPage } from './person.ts';

interface SiteOptions extends Pick<StartOptions, 'topology' | 'env'> {
  readonly pages: readonly TestPage[];
  /** The tests begin when this has resolved. */
  readonly ready?: (cluster: TestCluster) => Promise<void>;
  /** Complaints of the browser that are no failure. */
  readonly expected?: RegExp;
}

/** A person with a browser before a real cluster, for all tests of a file. Without a browser the tests are skipped. */
export function site({ pages, topology, env, ready, expected }: SiteOptions) {
  let browser: Browser | undefined;
  let cluster: TestCluster | undefined;

  beforeAll(async () => {
    browser = await openBrowser();
    if (browser === undefined) return;
    const dataDir = await dataFolder(pages);
    cluster = await startCluster({ dataDir, ...(topology && { topology }), ...(env && { env }) });
    await ready?.(cluster);
  });
  afterAll(async () => {
    await browser?.close();
  });
  beforeEach((context) => {
    if (browser === undefined) context.skip(howToGetOne);
  });

  return {
    get browser() {
      return browser!;
    },
    get cluster() {
      return cluster!;
    },
    /** Runs with a page of its own, at the client. */
    withPage: (options: BrowserContextOptions, work: (page: Page) => Promise<void>, complaints = expected) =>
      withPage(browser!, { baseURL: cluster!.client, ...options }, work, complaints),
  };
}

/** Until `word` is suggested for `prefix`: the query tier fetches the vocabulary after it has started. */
export const suggests =
  (prefix: string, word: string) =>
  async ({ client }: TestCluster): Promise<void> => {
    const address = `${client}/suggest?prefix=${prefix}`;
    await until(async () => (await (await fetch(address)).text()).includes(word), boundMs);
  };
