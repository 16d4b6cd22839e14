import { expect, test } from 'vitest';
import { dataFolder, tierlab, type TestPage } from '../../support/cluster.ts';
import { topologyFile } from '../../support/made-topology.ts';

const pages: TestPage[] = ['dog', 'cat', 'tree', 'bank', 'river'].map((id) => ({
  id,
  title: id,
  body: `the ${id} is old`,
}));
const dataDir = await dataFolder(pages);

type StyleName = 'object-based' | 'layered';

interface Style {
  readonly style: StyleName;
  readonly measuredFrom: string;
  readonly hops: readonly number[];
  readonly messages: readonly number[];
  readonly bytes: number;
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
    readonly arithmetic: {
      readonly hops: Readonly<Record<StyleName, number>>;
      readonly stopTheWhole: readonly string[];
    };
    readonly sessions: readonly { readonly styles: readonly Style[] }[];
    readonly loads: readonly {
      readonly style: StyleName;
      readonly p50Ms: number;
      readonly p99Ms: number;
      readonly capacity: number;
      readonly sent: number;
      readonly failed: number;
    }[];
    readonly crashes: readonly {
      readonly node: string;
      readonly searches: Readonly<Record<StyleName, number>>;
      readonly pages: number;
    }[];
  }[];
}

test('both styles of two placements are measured, and agree with the arithmetic', { timeout: 150_000 }, async () => {
  const user = ['client', 'gateway', 'app'];
  const back = ['query', 'ranking', 'html', 'database'];
  const one = topologyFile(dataDir, 'one', [{ name: 'server', components: [...user, ...back, 'traces'], replicas: 1 }]);
  const split = topologyFile(dataDir, 'split', [
    { name: 'back', components: back, replicas: 2 },
    { name: 'front', components: [...user, 'traces'], replicas: 1 },
  ]);
  const result = await tierlab('compare', one, split, '--rounds', '1', '--seconds', '1', '--data', dataDir, '--json');
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
  expect(divided!.arithmetic.hops).toEqual({ 'object-based': 4, layered: 1 });
  for (const [i, inOne] of single!.sessions[0]!.styles.entries()) {
    const inTwo = divided!.sessions[0]!.styles[i]!;
    expect([inOne.measuredFrom, inTwo.measuredFrom]).toEqual(['12 traces', '12 traces']);
    expect(inOne.hops).toEqual(Array(12).fill(0));
    // A search without words that the corpus knows needs fewer calls: ranking has nothing to order.
    expect(Math.max(...inTwo.hops)).toBe(divided!.arithmetic.hops[inTwo.style]);
    expect(inTwo.messages).toEqual(inTwo.hops.map((n) => 2 * n));
    expect(inTwo.bytes).toBeGreaterThan(inOne.bytes);
  }
  for (const { loads } of topologies) {
    expect(loads.map(({ style }) => style)).toEqual(['object-based', 'layered']);
    for (const { p50Ms, p99Ms, sent, failed, capacity } of loads) {
      expect(p50Ms).toBeGreaterThan(0);
      expect(p99Ms).toBeGreaterThanOrEqual(p50Ms);
      expect(sent).toBeGreaterThan(0);
      expect(failed).toBe(0);
      // Faster than the open loop, which sent 20 searches per second.
      expect(capacity).toBeGreaterThan(20);
    }
  }
  const none = { 'object-based': 0, layered: 0 };
  expect(single!.crashes).toEqual([{ node: 'server-1', searches: none, pages: 0 }]);
  expect(single!.arithmetic.stopTheWhole).toEqual(['server-1']);
  const [replica, only] = divided!.crashes;
  // The other replica answers all.
  expect(replica).toMatchObject({ node: 'back-1' });
  expect([replica!.searches, replica!.pages]).toEqual([{ 'object-based': 1, layered: 1 }, 1]);
  expect(only).toEqual({ node: 'front-1', searches: none, pages: 0 });
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
