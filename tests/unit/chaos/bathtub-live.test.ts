import { expect, test } from 'vitest';
import { labBathtub, simulate } from '../../../cli/chaos/bathtub/model.ts';
import { plotLines } from '../../../cli/chaos/bathtub/plot.ts';
import { createLifeWatch } from '../../../cli/chaos/bathtub/watch.ts';

test('age grows only while the process runs; a restart keeps it and a replacement begins at 0', () => {
  const watch = createLifeWatch((failure) => failure === 1);
  const sights = [
    { atMs: 0, pid: 7, ready: true },
    { atMs: 100, pid: null, ready: false },
    { atMs: 150, pid: 8, ready: false },
    { atMs: 200, pid: 8, ready: true },
    { atMs: 260, pid: null, ready: false },
    { atMs: 300, pid: 9, ready: true },
  ];
  for (const sight of sights) watch.see(sight);
  expect(watch.stop(350)).toEqual([
    { fromAgeMs: 0, toAgeMs: 100, failed: true },
    { fromAgeMs: 100, toAgeMs: 160, failed: true },
    { fromAgeMs: 0, toAgeMs: 50, failed: false },
  ]);
});

test('another process number is a death, even when nobody looked in between', () => {
  const watch = createLifeWatch(() => false);
  watch.see({ atMs: 0, pid: 7, ready: true });
  watch.see({ atMs: 40, pid: 8, ready: true });
  expect(watch.stop(60)).toEqual([
    { fromAgeMs: 0, toAgeMs: 40, failed: true },
    { fromAgeMs: 40, toAgeMs: 60, failed: false },
  ]);
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
