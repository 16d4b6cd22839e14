import path from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { dataFolder, startCluster, until, type TestCluster } from '../support/cluster.ts';
import { howToGetOne } from '../../labs/kit/find-browser.ts';
import { boundMs, openBrowser, withPage } from './person.ts';

/** Two replicas of one tier, so that one may die. */
const topology = path.join(import.meta.dirname, 'two-rankings.json');

/** A person with a browser before the console of a real cluster that takes faults, for all tests of a file. */
export function consoleSite() {
  let browser: Browser | undefined;
  let cluster: TestCluster | undefined;
  let data: Awaited<ReturnType<typeof dataFolder>> | undefined;
  let address = '';

  beforeAll(async () => {
    browser = await openBrowser();
    if (browser === undefined) return;
    data = await dataFolder([{ id: 'a', title: 'water', body: 'water is wet' }]);
    const started = await startCluster({ dataDir: data.dir, topology, env: { TIERLAB_CHAOS: '1' } });
    cluster = started;
    address = await until(() => /http:\S+operator=\S+/.exec(started.output())?.[0] ?? '');
  });
  afterAll(async () => {
    await browser?.close();
    await cluster?.stop();
    data?.remove();
  });
  beforeEach((context) => {
    if (browser === undefined) context.skip(howToGetOne);
  });

  return {
    /** With the key that opens the buttons. */
    get address() {
      return address;
    },
    get cluster() {
      return cluster!;
    },
    withPage: (options: BrowserContextOptions, work: (page: Page) => Promise<void>, expected?: RegExp) =>
      withPage(browser!, options, work, expected),
    /** A node in the picture. */
    node: (page: Page, id: string) => page.locator(`a[data-node="${id}"]`),
    /** Sends searches until `done` holds. */
    async searchUntil(done: () => Promise<boolean>): Promise<void> {
      await until(async () => {
        await (await fetch(`${cluster!.client}/search?q=water`)).text();
        return done();
      }, boundMs);
    },
  };
}
