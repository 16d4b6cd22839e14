import { expect } from 'vitest';
import { readRunFile } from '../../cli/run-file.ts';
import {
  dataFolder,
  startCluster,
  until,
  type StartOptions,
  type TestCluster,
  type TestPage,
} from '../support/cluster.ts';
import { boundMs, person } from './person.ts';

interface SiteOptions extends Pick<StartOptions, 'topology' | 'env'> {
  readonly pages: readonly TestPage[];
  /** The tests begin when this has resolved. */
  readonly ready?: (cluster: TestCluster) => Promise<void>;
  /** Complaints of the browser that are no failure. */
  readonly expected?: RegExp;
}

/** A person with a browser before a real cluster, for all tests of a file. Without a browser the tests are skipped. */
export function site({ pages, topology, env, ready, expected }: SiteOptions) {
  let cluster: TestCluster | undefined;
  const visitor = person(async () => {
    const dataDir = await dataFolder(pages);
    cluster = await startCluster({ dataDir, ...(topology && { topology }), ...(env && { env }) });
    await ready?.(cluster);
    return cluster.client;
  }, expected);

  return {
    get browser() {
      return visitor.browser;
    },
    get cluster() {
      return cluster!;
    },
    withPage: visitor.withPage,
    test: visitor.test,
    /** What the watchdog does with a node. */
    async control(node: string, action: 'stop' | 'start'): Promise<void> {
      const { dataDir, portBase } = cluster!;
      const { token } = readRunFile(dataDir, portBase)!;
      const url = `http://127.0.0.1:${portBase}/nodes/${node}/${action}`;
      const answer = await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
      expect(answer.status).toBe(200);
    },
  };
}

/** Until `word` is suggested for `prefix`: the query tier fetches the vocabulary after it has started. */
export const suggests =
  (prefix: string, word: string) =>
  async ({ client }: TestCluster): Promise<void> => {
    const address = `${client}/suggest?prefix=${prefix}`;
    await until(async () => (await (await fetch(address)).text()).includes(word), boundMs);
  };
