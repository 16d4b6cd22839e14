import { expect, test } from 'vitest';
import { hash32, seededRandom } from '../../../shared/time/random.ts';

test('the same seed gives the same draws, another seed others', () => {
  const draws = (seed: number) => Array.from({ length: 5 }, seededRandom(seed).next);
  expect(draws(7)).toEqual(draws(7));
  expect(draws(7)).not.toEqual(draws(8));
});

test('draws are uniform over [0, 1)', () => {
  const random = seededRandom('uniform');
  const buckets = Array.from({ length: 10 }, () => 0);
  for (let i = 0; i < 100_000; i++) buckets[Math.floor(random.next() * 10)]! += 1;
  // 5 standard deviations of a binomial with n = 100,000, p = 0.1.
  for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(9_000));
});

test('hashes spread similar names evenly', () => {
  const shards = [0, 0, 0, 0];
  for (let i = 0; i < 40_000; i++) shards[hash32(`n${10_000_000 + i}`) % 4]! += 1;
  for (const count of shards) expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(7_500));
});
