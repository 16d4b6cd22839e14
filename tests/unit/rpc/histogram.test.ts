import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketOf, createHistogram, upperEdgeOf } from '../../../shared/rpc/histogram.ts';
import { createStatistics } from '../../../shared/rpc/layers/replicas/latency-statistics.ts';

test('every value is in a bucket whose upper edge is above it, by at most a sixteenth', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (micros) => {
      const edge = upperEdgeOf(bucketOf(micros));
      expect(edge).toBeGreaterThan(micros);
      expect(edge - micros).toBeLessThanOrEqual(Math.max(1, micros / 16));
    }),
  );
});

test('buckets follow one another without gaps', () => {
  for (let bucket = 1; bucket < 447; bucket++) expect(bucketOf(upperEdgeOf(bucket - 1))).toBe(bucket);
});

test('quantiles are those of the samples, within a bucket', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.01, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 300 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (samples, q) => {
        const histogram = createHistogram();
        for (const sample of samples) histogram.record(sample, 0);
        const exact = samples.toSorted((a, b) => a - b)[Math.ceil(q * samples.length - 1e-9) - 1]!;
        const found = histogram.quantile(q)!;
        expect(found).toBeGreaterThanOrEqual(exact - 0.001);
        expect(found).toBeLessThanOrEqual(exact * 1.0625 + 0.002);
      },
    ),
  );
});

test('an empty histogram knows nothing', () => {
  const histogram = createHistogram();
  expect([histogram.quantile(0.5), histogram.count]).toEqual([undefined, 0]);
});

test('odd values do no harm: they land in the first or the last bucket', () => {
  const histogram = createHistogram();
  for (const value of [-5, 0, 1e12]) histogram.record(value, 0);
  expect(histogram.count).toBe(3);
  expect(histogram.quantile(1)).toBe(2 ** 31 / 1_000);
});

test('old samples lose half their weight in a half-life', () => {
  const histogram = createHistogram({ halfLifeMs: 1_000, minSamples: 10 });
  for (let ms = 0; ms < 10_000; ms++) histogram.record(10, ms);
  for (let ms = 10_000; ms < 11_000; ms++) histogram.record(100, ms);
  // 10 ms and 100 ms weigh the same now.
  expect(histogram.quantile(0.45)).toBeLessThan(11);
  expect(histogram.quantile(0.55)).toBeGreaterThan(99);
  for (let ms = 11_000; ms < 15_000; ms++) histogram.record(100, ms);
  expect(histogram.quantile(0.05)).toBeGreaterThan(90);
});

test('where samples are rare, about the last 100 count, however old they are', () => {
  const histogram = createHistogram({ halfLifeMs: 4_000, minSamples: 100 });
  for (let hour = 0; hour < 1_000; hour++) histogram.record(10, hour * 3_600_000);
  expect(histogram.count).toBeGreaterThan(100);
  expect(histogram.count).toBeLessThan(200);
});

test('it runs for ever: weights are scaled down before they overflow', () => {
  const histogram = createHistogram({ halfLifeMs: 1, minSamples: 1 });
  for (let ms = 0; ms < 5_000; ms++) histogram.record(7, ms);
  expect(histogram.count).toBeCloseTo(2, 1);
  expect(histogram.quantile(0.5)).toBeCloseTo(7, 0);
});

test('statistics keep operations and replicas apart, and are silent until they know enough', () => {
  const statistics = createStatistics();
  const rank = statistics.of('ranking', { name: 'rank', composite: false });
  for (let i = 0; i < 60; i++) rank.record(i % 2 ? 'a' : 'b', i % 2 ? 10 : 20, i);
  expect(statistics.of('ranking', { name: 'rank', composite: false })).toBe(rank);
  expect(statistics.of('ranking', { name: 'search', composite: true }).quantile(0.5, 0, 1)).toBeUndefined();
  expect(rank.quantile(0.5, 1_000, 100)).toBeUndefined();
  expect(rank.byNode.get('a')!.quantile(0.5)).toBeCloseTo(10, 0);
  expect(rank.quantile(0.99, 2_000, 50)).toBeCloseTo(20, 0);
  expect([...statistics.all()].map(({ operation }) => operation.name)).toEqual(['rank', 'search']);
});
