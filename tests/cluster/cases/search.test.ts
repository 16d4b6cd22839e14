import { beforeAll, expect, test } from 'vitest';
import { nearestRank } from '../../../shared/quantile.ts';
import { dataFolder, startCluster, type TestCluster } from '../../support/cluster.ts';

/** Frequent words of WordNet, so that each costs as much as a word can. */
const frequent = (
  'a an the of or in to and by with for as from on is that at used having who being into one be not it are something ' +
  'make person was which usually his made small act out can up large genus family has two more when plant without ' +
  'state other ' +
  'body water than all often their any especially some system time through over part group white line work ' +
  'place having long'
).split(' ');
const costly = [
  `"${'a '.repeat(128)}"`,
  frequent.map((word) => `body:${word}`).join(' '),
  Array.from({ length: 32 }, (_, i) => `"${frequent[i]} ${frequent[i + 1]}"`).join(' '),
  `dog ${Array.from({ length: 32 }, (_, i) => `-"${frequent[i]} ${frequent[i + 1]} ${frequent[i + 2]}"`).join(' ')}`,
];
const ordinary = [
  'domestic animal',
  'red wine',
  'musical instrument',
  'river europe',
  'capital city',
  'kinds of whales',
];

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startCluster({ dataDir: await dataFolder(), topology: 'tiny' });
});

async function ask(q: string, more = '') {
  const begin = performance.now();
  const response = await fetch(`${cluster.gateway}/api/search?q=${encodeURIComponent(q)}${more}`);
  const body = (await response.json()) as { code?: string; detail?: string; partial?: string; total?: number };
  return { status: response.status, body, tookMs: performance.now() - begin };
}

test.each([
  ['a phrase of 2,000 words', `"${'a '.repeat(2_000)}"`],
  ['an excluded phrase of 1,000 words', `dog -"${'a '.repeat(1_000)}"`],
  ['300 phrases', Array.from({ length: 300 }, (_, i) => `"a ${i}"`).join(' ')],
  ['1,000 exclusions', `dog ${Array.from({ length: 1_000 }, (_, i) => `-w${i}`).join(' ')}`],
])('S5 %s: refused with a code, and no node is called hung', async (_, q) => {
  const before = (await cluster.nodes()).map(({ id, pid }) => [id, pid]);
  const { status, body } = await ask(q);
  expect([status, body.code]).toEqual([400, 'too_costly']);
  expect(body.detail).toMatch(/may hold/);
  expect((await ask('dog')).body.total).toBeGreaterThan(0);
  expect((await cluster.nodes()).map(({ id, pid }) => [id, pid])).toEqual(before);
});

test('S5 a long text is answered in part, and the answer says so', async () => {
  const { status, body } = await ask(Array.from({ length: 1_000 }, (_, i) => `word${i}`).join(' '));
  expect(status).toBe(200);
  expect(body.partial).toMatch(/first 128 different words/);
});

test('S5 many costly searches at once leave the others their p99, and every node its life', async () => {
  const before = (await cluster.nodes()).map(({ id, pid }) => [id, pid]);
  const p99 = async (count: number) => {
    const times: number[] = [];
    for (let i = 0; i < count; i++) {
      const { status, tookMs } = await ask(`${ordinary[i % ordinary.length]} ${i % 50}`);
      expect(status).toBe(200);
      times.push(tookMs);
    }
    return nearestRank(times, 0.99);
  };
  await p99(100);
  const alone = await p99(200);
  const ending = new AbortController();
  const codes = new Map<string, number>();
  const crowd = Array.from({ length: 12 }, async (_, i) => {
    while (!ending.signal.aborted) {
      const { status, body } = await ask(costly[i % costly.length]!, '&size=100&page=10');
      const code = body.code ?? String(status);
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
  });
  const beside = await p99(200);
  ending.abort();
  await Promise.all(crowd);
  console.log(
    `p99 of ordinary searches beside costly ones: ${(beside / alone).toFixed(1)} x (${beside.toFixed(1)} ms, alone ` +
      `${alone.toFixed(1)} ms); costly ones: ${JSON.stringify(Object.fromEntries(codes))}`,
  );
  expect((await cluster.nodes()).map(({ id, pid }) => [id, pid])).toEqual(before);
  // Twelve clients that never pause share two cores with nine processes: without slices this is some hundred times as
  // long.
  expect(beside / alone).toBeLessThan(30);
});
