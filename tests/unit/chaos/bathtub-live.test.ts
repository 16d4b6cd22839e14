import { expect, test } from 'vitest';
import { labBathtub, simulate } from '../../../cli/chaos/bathtub/model.ts';
import { plotLines } from '../../../cli/chaos/bathtub/plot.ts';
import { createAgingProcess } from '../../../cli/chaos/bathtub/aging-process.ts';
import type { Bathtub } from '../../../services/chaos/bathtub/lives.ts';

/** Dies by chance only, after a time that is drawn from the seed; every failure brings a new part, or none does. */
const onlyChance = (replaceAfter: Bathtub['replaceAfter']): Bathtub => ({
  ...labBathtub,
  infant: { etaMs: 1e14, beta: 0.9 },
  random: { etaMs: 1_000 },
  wear: { etaMs: 1e14, beta: 2 },
  replaceAfter,
});

/** Looks every 10 ms from a start until the order comes. */
function live(part: ReturnType<typeof createAgingProcess>, pid: number, fromMs: number): number {
  for (let atMs = fromMs; atMs < fromMs + 60_000; atMs += 10) if (part.observe({ atMs, pid, ready: true })) return atMs;
  throw new Error('it lives for ever');
}

test.each([
  ['a restart keeps the age', [] as const],
  ['a new part begins at 0', ['random'] as const],
])('age grows only while the process runs; %s', (_what, replaceAfter) => {
  const part = createAgingProcess(onlyChance([...replaceAfter]), 'x');
  const diedAt = live(part, 7, 0);
  part.observe({ atMs: diedAt + 5, pid: null, ready: false });
  part.observe({ atMs: diedAt + 900, pid: 8, ready: false });
  const again = live(part, 8, diedAt + 1_000);
  part.observe({ atMs: again + 5, pid: null, ready: false });
  const firstAge = diedAt + 5;
  const from = replaceAfter.length === 0 ? firstAge : 0;
  expect(part.stop(again + 500)).toEqual([
    { fromAgeMs: 0, toAgeMs: firstAge, failed: true },
    { fromAgeMs: from, toAgeMs: from + again + 5 - diedAt - 1_000, failed: true },
  ]);
});

test('a restart by somebody else ends a spell, and is no failure', () => {
  const part = createAgingProcess(onlyChance([]), 'y');
  expect(part.observe({ atMs: 0, pid: 7, ready: true })).toBeUndefined();
  part.observe({ atMs: 1, pid: 8, ready: true });
  expect(part.stop(3)).toEqual([
    { fromAgeMs: 0, toAgeMs: 1, failed: false },
    { fromAgeMs: 1, toAgeMs: 3, failed: false },
  ]);
});

test('one kill is ordered once, however late the process ends', () => {
  const part = createAgingProcess(onlyChance([]), 'z');
  const dueAt = live(part, 7, 0);
  const orders = Array.from({ length: 20 }, (_, i) => part.observe({ atMs: dueAt + i, pid: 7, ready: true }));
  expect(orders.filter(Boolean)).toEqual([]);
});

test('simulated lives show a bathtub: high, flat, high, and theory within most intervals', () => {
  const { rows, failures } = simulate(labBathtub, 800, 5, 400_000);
  expect(failures).toBeGreaterThan(5_000);
  const middle = Math.min(...rows.map(({ observed }) => observed));
  expect(rows[0]!.observed).toBeGreaterThan(3 * middle);
  const old = rows.findLast(({ exposureMs }) => exposureMs > 100_000)!;
  expect(old.observed).toBeGreaterThan(3 * middle);
  const covered = rows.filter(({ low, high, expected }) => low <= expected && expected <= high);
  expect(covered.length).toBeGreaterThanOrEqual(rows.length - 2);
});

test('the same seed gives the same lives, another one others', () => {
  const result = (seed: number) => JSON.stringify(simulate(labBathtub, 20, seed, 100_000));
  expect(result(3)).toBe(result(3));
  expect(result(4)).not.toBe(result(3));
});

test('the plot has a line for each bin, its bar as long as the rate and a mark where theory is', () => {
  const plain = { dim: (text: string) => text, bold: (text: string) => text };
  const result = simulate(labBathtub, 200, 5, 400_000);
  const lines = plotLines(result, plain).slice(1, -1);
  expect(lines).toHaveLength(result.rows.length);
  expect(lines.filter((line) => !line.includes('┃'))).toEqual([]);
  const bars = lines.map((line) => line.split('█').length - 1);
  const highest = result.rows.map(({ observed }) => observed);
  expect(bars.indexOf(Math.max(...bars))).toBe(highest.indexOf(Math.max(...highest)));
});
