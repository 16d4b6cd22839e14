import { expect, test } from 'vitest';
import { bathtubEdges, lifeTable, byarInterval } from '../../../services/chaos/bathtub/life-table.ts';
import { causesOf, drawLife, repairTimeOf, type Bathtub } from '../../../services/chaos/bathtub/lives.ts';
import {
  meanLifeMs,
  nextFailure,
  reliability,
  remainingLife,
  type Cause,
} from '../../../services/chaos/bathtub/weibull.ts';
import { seededRandom } from '../../../shared/time/random.ts';

const bathtub: Bathtub = {
  infant: { etaMs: 40_000, beta: 0.5 },
  random: { etaMs: 20_000 },
  wear: { etaMs: 30_000, beta: 6 },
  repair: { medianMs: 500, sigma: 0.5 },
  replaceAfter: ['infant', 'random', 'wear'],
};
const causes = causesOf(bathtub);

/** Failures per ms among the parts that have reached the age. */
const failureRate = (of: readonly Cause[], ageMs: number): number =>
  -Math.log(reliability(of, ageMs + 1) / reliability(of, ageMs));

test('the failure rate over age is high, flat, high', () => {
  const rates = [10, 2_000, 5_000, 8_000, 30_000, 40_000].map((age) => failureRate(causes, age));
  expect(rates[0]).toBeGreaterThan(4 * rates[2]!);
  expect(Math.max(rates[1]!, rates[2]!, rates[3]!) / Math.min(rates[1]!, rates[2]!, rates[3]!)).toBeLessThan(1.5);
  expect(rates[5]).toBeGreaterThan(rates[4]!);
  expect(rates[4]).toBeGreaterThan(2 * rates[3]!);
});

test.each([
  [0.5, 'falls'],
  [1, 'stays'],
  [3, 'rises'],
])('with beta %f the rate %s', (beta, course) => {
  const cause = { name: 'x', etaMs: 100, beta };
  const change = failureRate([cause], 200) / failureRate([cause], 50);
  expect(change < 0.99 ? 'falls' : change > 1.01 ? 'rises' : 'stays').toBe(course);
});

test('remaining life at age 0 is the plain Weibull draw, and an exponential part does not age', () => {
  expect(remainingLife({ name: 'x', etaMs: 1_000, beta: 2 }, 0, 0.3)).toBeCloseTo(1_000 * (-Math.log(0.3)) ** 0.5, 9);
  const exponential = { name: 'x', etaMs: 1_000, beta: 1 };
  expect(remainingLife(exponential, 5_000, 0.3)).toBeCloseTo(remainingLife(exponential, 0, 0.3), 6);
  const infant = { name: 'x', etaMs: 1_000, beta: 0.5 };
  expect(remainingLife(infant, 5_000, 0.3)).toBeGreaterThan(remainingLife(infant, 0, 0.3));
  const wear = { name: 'x', etaMs: 1_000, beta: 4 };
  expect(remainingLife(wear, 900, 0.3)).toBeLessThan(remainingLife(wear, 0, 0.3));
});

test('the share that survives from an age on is R(a + x) / R(a)', () => {
  const random = seededRandom(5);
  const [ageMs, xMs, n] = [6_000, 4_000, 20_000];
  let survived = 0;
  for (let i = 0; i < n; i++) if (nextFailure(causes, ageMs, random).inMs > xMs) survived++;
  const p = reliability(causes, ageMs + xMs) / reliability(causes, ageMs);
  expect(Math.abs(survived / n - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / n));
});

test.each([
  [[{ name: 'x', etaMs: 1_000, beta: 1 }], 1_000],
  [[{ name: 'x', etaMs: 1_000, beta: 2 }], 886.2269],
  [[{ name: 'x', etaMs: 1_000, beta: 0.5 }], 2_000],
  [
    [
      { name: 'a', etaMs: 1_000, beta: 1 },
      { name: 'b', etaMs: 1_000, beta: 1 },
    ],
    500,
  ],
])('the mean life of %j is %f ms', (given, mean) => {
  expect(meanLifeMs(given) / mean).toBeCloseTo(1, 4);
});

test('sampled MTBF equals the integral of R(t)', () => {
  const random = seededRandom(11);
  const lives = Array.from({ length: 20_000 }, () => nextFailure(causes, 0, random).inMs);
  const mean = lives.reduce((sum, x) => sum + x, 0) / lives.length;
  const deviation = Math.sqrt(lives.reduce((sum, x) => sum + (x - mean) ** 2, 0) / lives.length);
  expect(Math.abs(mean - meanLifeMs(causes))).toBeLessThan((4 * deviation) / Math.sqrt(lives.length));
});

test('the same seed gives the identical schedule, another seed another one', () => {
  expect(drawLife(bathtub, 7, 1e6)).toEqual(drawLife(bathtub, 7, 1e6));
  expect(drawLife(bathtub, 8, 1e6)).not.toEqual(drawLife(bathtub, 7, 1e6));
});

test('a failure comes only while the node runs, and never during its repair', () => {
  const { failures } = drawLife(bathtub, 3, 1e6);
  expect(failures.length).toBeGreaterThan(30);
  for (let i = 1; i < failures.length; i++)
    expect(failures[i]!.at).toBeGreaterThan(failures[i - 1]!.at + failures[i - 1]!.repairMs);
});

test('a restart keeps the age, a new part begins at 0', () => {
  const kept = drawLife({ ...bathtub, replaceAfter: [] }, 3, 2e5).spells;
  for (let i = 1; i < kept.length; i++) expect(kept[i]!.fromAgeMs).toBe(kept[i - 1]!.toAgeMs);
  for (const { fromAgeMs } of drawLife(bathtub, 3, 2e5).spells) expect(fromAgeMs).toBe(0);
  const mixed = drawLife({ ...bathtub, replaceAfter: ['wear'] }, 3, 1e6);
  mixed.failures
    .slice(0, -1)
    .forEach(({ replaced, ageMs }, i) => expect(mixed.spells[i + 1]!.fromAgeMs).toBe(replaced ? 0 : ageMs));
  expect(new Set(mixed.failures.map(({ cause }) => cause)).size).toBe(3);
});

test('repair times are lognormal: half of them below the median, with a long tail', () => {
  const random = seededRandom(2);
  const times = Array.from({ length: 10_000 }, () => repairTimeOf(bathtub)(random)).sort((a, b) => a - b);
  expect(times[5_000]! / 500).toBeCloseTo(1, 1);
  expect(times[8_413]! / (500 * Math.exp(0.5))).toBeCloseTo(1, 1);
});

const edges = bathtubEdges(12, 40_000);
const spells = Array.from(
  { length: 400 },
  (_, seed) => drawLife({ ...bathtub, replaceAfter: ['wear'] }, seed, 200_000).spells,
).flat();

test('the observed rate over age agrees with the theory: nearly all bins within their 95% interval', () => {
  const rows = lifeTable(spells, causes, edges);
  expect(rows.every(({ exposureMs }) => exposureMs > 0)).toBe(true);
  const within = rows.filter(({ low, high, expected }) => low <= expected && expected <= high).length;
  expect(within).toBeGreaterThanOrEqual(rows.length - 2);
  const [first, middle, last] = [rows[0]!, rows[5]!, rows.at(-1)!];
  expect(first.observed).toBeGreaterThan(2 * middle.observed);
  expect(last.observed).toBeGreaterThan(2 * middle.observed);
});

test('a life table by hand: exposure, failures, and what was cut off by the end of watching', () => {
  const rows = lifeTable(
    [
      { fromAgeMs: 0, toAgeMs: 15, failed: true },
      { fromAgeMs: 15, toAgeMs: 30, failed: false },
    ],
    [{ name: 'x', etaMs: 10, beta: 1 }],
    [0, 10, 20, 40],
  );
  expect(rows.map(({ exposureMs, failures }) => [exposureMs, failures])).toEqual([
    [10, 0],
    [10, 1],
    [10, 0],
  ]);
  expect(rows[1]).toMatchObject({ observed: 0.1, expected: 0.1 });
});

test.each([
  [0, 0, 3.69],
  [1, 0.0253, 5.572],
  [10, 4.795, 18.39],
  [100, 81.36, 121.6],
])('the 95%% interval of a count of %i is %f to %f', (count, low, high) => {
  const interval = byarInterval(count);
  expect(Math.abs(interval[0] - low)).toBeLessThan(0.05);
  expect(Math.abs(interval[1] - high)).toBeLessThan(0.1);
});
