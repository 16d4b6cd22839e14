import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dataFolder, tierlab, type TestPage } from '../../support/cluster.ts';

const pages: TestPage[] = ['dog', 'cat', 'tree', 'bank', 'river'].map((id) => ({
  id,
  title: id,
  body: `the ${id} is old`,
}));
let data: Awaited<ReturnType<typeof dataFolder>>;
beforeAll(async () => {
  data = await dataFolder(pages);
});
afterAll(() => data.remove());

interface Style {
  readonly style: 'object-based' | 'layered';
  readonly relations: readonly {
    readonly caller: string;
    readonly callee: string;
    readonly operation: string;
    readonly perSearch: number;
    readonly acrossNodes: number;
  }[];
}

interface Comparison {
  readonly measuredFrom: string;
  readonly answers: { readonly compared: number; readonly differing: number };
  readonly topologies: readonly {
    readonly name: string;
    readonly arithmetic: { readonly hops: number; readonly stopTheWhole: readonly string[] };
    readonly sessions: readonly {
      readonly hops: readonly number[];
      readonly bytes: number;
      readonly styles: readonly Style[];
    }[];
    readonly loads: readonly { readonly p50Ms: number; readonly capacity: number; readonly failed: number }[];
    readonly crashes: readonly { readonly node: string; readonly searches: number; readonly pages: number }[];
  }[];
}

test('two placements are measured, and what is measured agrees with the arithmetic', { timeout: 150_000 }, async () => {
  const place = (name: string, nodes: readonly object[]): string => {
    const file = path.join(data.dir, `${name}.json`);
    writeFileSync(file, JSON.stringify({ name, summary: 'a test', style: 'object-based', nodes }));
    return file;
  };
  const user = ['client', 'gateway', 'app'];
  const back = ['query', 'ranking', 'html', 'database'];
  const one = place('one', [{ name: 'server', components: [...user, ...back, 'traces'], replicas: 1 }]);
  const split = place('split', [
    { name: 'back', components: back, replicas: 2 },
    { name: 'front', components: [...user, 'traces'], replicas: 1 },
  ]);
  const result = await tierlab('compare', one, split, '--rounds', '1', '--seconds', '1', '--data', data.dir, '--json');
  expect(result.stderr).toContain('back-1 is killed');
  const { measuredFrom, answers, topologies } = JSON.parse(result.stdout) as Comparison;
  expect(measuredFrom).toBe('48 traces');
  for (const { style, relations } of topologies.flatMap(({ sessions }) => sessions[0]!.styles)) {
    const called = relations.map(({ caller, callee, operation }) => `${caller} > ${callee}.${operation}`);
    const expected = {
      'object-based': ['app > query.plan', 'app > database.find', 'app > ranking.rank', 'app > html.results'],
      layered: ['app > html.search', 'html > ranking.search', 'ranking > query.search', 'query > database.find'],
    };
    expect([style, called]).toEqual([style, ['client > gateway.search', 'gateway > app.search', ...expected[style]]]);
  }
  const toHtml = topologies.map(({ sessions }) =>
    sessions[0]!.styles.map(({ relations }) => relations.find(({ callee }) => callee === 'html')),
  );
  const calls = toHtml.map((list) => list.map((it) => [it?.perSearch, it?.acrossNodes]));
  expect(calls).toEqual([
    [
      [1, 0],
      [1, 0],
    ],
    [
      [1, 1],
      [1, 1],
    ],
  ]);
  expect(answers).toEqual({ compared: 12, differing: 0 });
  const [single, divided] = topologies;
  // A search without words that the corpus knows needs fewer calls: ranking has nothing to order.
  expect(single!.sessions[0]!.hops).toEqual(Array(12).fill(0));
  expect(Math.max(...divided!.sessions[0]!.hops)).toBe(divided!.arithmetic.hops);
  expect(divided!.arithmetic.hops).toBe(4);
  expect(divided!.sessions[0]!.bytes).toBeGreaterThan(single!.sessions[0]!.bytes);
  for (const { loads } of topologies) {
    expect(loads[0]!.failed).toBe(0);
    // Faster than the open loop, which sent 20 searches per second.
    expect(loads[0]!.capacity).toBeGreaterThan(20);
  }
  expect(single!.crashes).toEqual([{ node: 'server-1', searches: 0, pages: 0 }]);
  expect(single!.arithmetic.stopTheWhole).toEqual(['server-1']);
  const [replica, only] = divided!.crashes;
  // The other replica answers all.
  expect(replica).toMatchObject({ node: 'back-1' });
  expect([replica!.searches, replica!.pages]).toEqual([1, 1]);
  expect(only).toEqual({ node: 'front-1', searches: 0, pages: 0 });
  expect(divided!.arithmetic.stopTheWhole).toEqual(['front-1']);
});

test.each([
  [['single-server', 'nonsense'], /topology nonsense cannot run/],
  [['single-server', 'tiny', '--rounds', '11'], /--rounds: at most 10/],
  [['single-server'], /missing required argument/],
])('compare %j is refused', async (words, reason) => {
  const { code, stderr } = await tierlab('compare', ...words);
  expect(stderr).toMatch(reason);
  expect(code).toBe(2);
});
