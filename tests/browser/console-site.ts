import path from 'node:path';
import type { Page } from 'playwright-core';
import { until } from '../support/cluster.ts';
import { boundMs } from './person.ts';
import { site } from './site.ts';

/** Two replicas of one tier, so that one may die. */
const topology = path.join(import.meta.dirname, 'two-rankings.json');

/** A person with a browser before the console of a real cluster that takes faults, for all tests of a file. */
export function consoleSite() {
  const pages = [{ id: 'a', title: 'water', body: 'water is wet' }];
  let address = '';
  const here = site({
    pages,
    topology,
    env: { TIERLAB_CHAOS: '1' },
    async ready({ output }) {
      address = await until(() => /http:\S+operator=\S+/.exec(output())?.[0] ?? '');
    },
  });

  return {
    /** With the key that opens the buttons. */
    get address() {
      return address;
    },
    get cluster() {
      return here.cluster;
    },
    withPage: here.withPage,
    test: here.test,
    control: here.control,
    /** A node in the picture. */
    node: (page: Page, id: string) => page.locator(`a[data-node="${id}"]`),
    /** Sends searches until `done` holds. */
    async searchUntil(done: () => Promise<boolean>): Promise<void> {
      await until(async () => {
        await (await fetch(`${here.cluster.client}/search?q=water`)).text();
        return done();
      }, boundMs);
    },
  };
}
