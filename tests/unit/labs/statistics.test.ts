import { expect, test } from 'vitest';
import {
  binomialInterval,
  meanInterval,
  normalQuantile,
  poissonInterval,
  skewedInterval,
  skewedQuantile,
} from '../../../labs/statistics/interval.ts';
import { medianInterval } from '../../../labs/statistics/median.ts';
import { quantileInterval } from '../../../labs/statistics/quantile.ts';
import { weibullFit, weibullShapeInterval } from '../../../labs/statistics/weibull-fit.ts';

test.each([
  // Clopper and Pearson's exact 95% limits, as in the tables of Newcombe, Statistics in Medicine 17 (1998), table I.
  [81, 263, 0.2527, 0.3676],
  [15, 148, 0.0578, 0.1617],
  [0, 20, 0, 0.1684],
  [1, 29, 0.0009, 0.1776],
])('%d of %d has the published exact binomial interval', (hits, n, low, high) => {
  const interval = binomialInterval(hits, n, 0.95);
  expect(interval.low).toBeCloseTo(low, 4);
  expect(interval.high).toBeCloseTo(high, 4);
});

test.each([
  // Garwood, Biometrika 28 (1936), 95%.
  [0, 0, 3.689],
  [5, 1.623, 11.668],
  [10, 4.795, 18.39],
  [30, 20.241, 42.827],
])('a count of %d has the published Poisson interval', (count, low, high) => {
  const interval = poissonInterval(count, 0.95);
  expect(interval.low).toBeCloseTo(low, 3);
  expect(interval.high).toBeCloseTo(high, 3);
});

test('the interval of a mean is that of Student’s t', () => {
  // t(.975, 9) = 2.2622; the values 1 to 10 have the standard deviation 3.02765.
  const { mean, low, high } = meanInterval([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.95);
  expect(mean).toBe(5.5);
  expect(high - mean).toBeCloseTo((2.2622 * 3.02765) / Math.sqrt(10), 3);
  expect(mean - low).toBeCloseTo(high - mean, 9);
  expect(meanInterval([7], 0.95)).toMatchObject({ low: -Infinity, high: Infinity });
});

test('normal quantiles are those of the tables', () => {
  expect(normalQuantile(0.95)).toBeCloseTo(1.959964, 5);
  expect(normalQuantile(0.999)).toBeCloseTo(3.290527, 5);
});

test.each([
  // Bulletin 17B of the Interagency Advisory Committee on Water Data (1982), appendix 3.
  [1, 0.99, 3.02256],
  [1, 0.01, -1.58838],
  [0.5, 0.99, 2.68572],
  [0.5, 0.01, -1.95472],
])('the skewness %d has the published quantile %d of Pearson’s type III', (skewness, p, z) => {
  expect(skewedQuantile(p, skewness)).toBeCloseTo(z, 4);
});

test('an interval reaches further down from a mean that may be large by chance', () => {
  const { low, high } = skewedInterval(10, { standardError: 2, skewness: 1 }, 0.98);
  expect([low, high]).toEqual([expect.closeTo(10 - 2 * 3.02256, 3), expect.closeTo(10 + 2 * 1.58838, 3)]);
});

test('one outlier does not move the median, nor its interval', () => {
  const values = Array.from({ length: 101 }, (_, i) => i);
  expect(medianInterval(values).median).toBe(50);
  expect(medianInterval([...values.slice(0, 100), 1e9])).toEqual(medianInterval(values));
});

test('the interval of a quantile is the published one of the radio tubes', () => {
  // Conover, Practical Nonparametric Statistics, section 3.2: the upper quartile of 16 lifetimes, 90%.
  const hours = [46.9, 47.2, 49.1, 56.5, 56.8, 59.2, 59.9, 63.2, 63.3, 63.4, 63.7, 64.1, 67.1, 67.7, 73.3, 78.5];
  expect(quantileInterval(hours, 0.75, 0.9)).toMatchObject({ value: 64.1, low: 63.3, high: 73.3 });
});

test('maximum likelihood finds the published Weibull shape of the ball bearings', () => {
  // Lieblein and Zelen, J. Res. NBS 57 (1956): millions of revolutions to failure.
  // Shape 2.10, scale 81.9 (Lawless 2003).
  const bearings = [
    17.88, 28.92, 33, 41.52, 42.12, 45.6, 48.4, 51.84, 51.96, 54.12, 55.56, 67.8, 68.64, 68.64, 68.88, 84.12, 93.12,
    98.64, 105.12, 105.84, 127.92, 128.04, 173.4,
  ];
  const { shape, scale } = weibullFit(bearings);
  expect(shape).toBeCloseTo(2.1, 2);
  expect(scale).toBeCloseTo(81.9, 1);
  expect(weibullShapeInterval(2, 500, 0.95).high).toBeCloseTo(2 + (1.96 * 0.7797 * 2) / Math.sqrt(500), 4);
});
