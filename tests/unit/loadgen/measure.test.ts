import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketMs, timelineBucket, bucketPercentile } from '../../../loadgen/measure/buckets.ts';
import { percentiles, timeHistogram } from '../../../loadgen/measure/histogram.ts';
import { spectrum, spectrumText } from '../../../loadgen/measure/spectrum.ts';
import { tickFor, timeline } from '../../../loadgen/measure/timeline.ts';
import { mergeMoments, moments, observe, variation } from '../../../loadgen/measure/variation.ts';

test('a histogram keeps three digits, from microseconds to an hour', () => {
  const histogram = timeHistogram();
  for (let i = 1; i <= 10_000; i++) histogram.record(i / 10);
  const { p50, p90, p99, p999, max } = percentiles(histogram);
  for (const [actual, expected] of [
    [p50, 500],
    [p90, 900],
    [p99, 990],
    [p999, 999],
    [max, 1000],
  ] as const)
    expect(Math.abs(actual / expected - 1)).toBeLessThan(0.002);
  histogram.record(10 * 3_600_000);
  expect(histogram.maxMs()).toBeGreaterThan(3_590_000);
});

test('histograms survive the way between processes and add up', () => {
  const a = timeHistogram();
  const b = timeHistogram();
  for (let i = 0; i < 1000; i++) (i % 2 ? a : b).record(i);
  const sum = timeHistogram(a.bytes());
  sum.add(timeHistogram(b.bytes()));
  const whole = timeHistogram();
  for (let i = 0; i < 1000; i++) whole.record(i);
  expect(percentiles(sum)).toEqual(percentiles(whole));
  expect(sum.count).toBe(1000);
});

test('an empty histogram has no percentiles', () => {
  expect(percentiles(timeHistogram())).toEqual({ p50: NaN, p90: NaN, p99: NaN, p999: NaN, max: NaN });
  expect(spectrum(timeHistogram())).toEqual([]);
});

test('the spectrum rises, gives the tail as many points as the body, and ends with every value', () => {
  const histogram = timeHistogram();
  for (let i = 0; i < 100_000; i++) histogram.record(1 + (i % 1000) / 10);
  const points = spectrum(histogram);
  expect(points.filter((p) => p.share >= 0.5 && p.share < 0.75)).toHaveLength(5);
  expect(points.filter((p) => p.share >= 0.875 && p.share < 0.9375)).toHaveLength(5);
  for (let i = 1; i < points.length; i++)
    expect(points[i]?.valueMs).toBeGreaterThanOrEqual(points[i - 1]?.valueMs ?? 0);
  expect(points.at(-1)).toMatchObject({ share: 1, totalCount: 100_000 });
});

test("the spectrum is printed in wrk2's format", () => {
  const histogram = timeHistogram();
  for (let i = 1; i <= 100; i++) histogram.record(i);
  const lines = spectrumText(histogram).split('\n');
  expect(lines[0]).toMatch(/^\s+Value\s+Percentile\s+TotalCount 1\/\(1-Percentile\)$/);
  expect(lines[2]).toMatch(/^\s+1\.000\s+0\.000000\s+1\s+1\.00$/);
  expect(lines.some((line) => /^\s+50\.\d{3}\s+0\.500000\s+50\s+2\.00$/.test(line))).toBe(true);
  expect(lines.at(-3)).toMatch(/^#\[Mean {4}=/);
  expect(lines.at(-2)).toMatch(/^#\[Max .*Total count {4}= {10,}100\]$/);
});

test('buckets of the timeline know a time to 1.1%', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.002, max: 3_600_000, noNaN: true }), (ms) => {
      expect(Math.abs(bucketMs(timelineBucket(ms)) / ms - 1)).toBeLessThan(0.011);
    }),
  );
  expect(
    bucketPercentile(
      new Map([
        [timelineBucket(1), 99],
        [timelineBucket(100), 1],
      ]),
      99,
    ),
  ).toBeCloseTo(1, 1);
  expect(bucketPercentile(new Map(), 50)).toBeUndefined();
});

test('a timeline drained in pieces adds up to the whole', () => {
  const worker = timeline(100);
  const controller = timeline(100);
  for (let i = 0; i < 50; i++) {
    worker.count(i * 10, 'asked');
    worker.latency(i * 10, i);
    if (i % 7 === 0) controller.merge(worker.drain());
  }
  controller.merge(worker.drain());
  expect([...controller.rows.keys()]).toEqual([0, 1, 2, 3, 4]);
  expect([...controller.rows.values()].map((row) => row.asked)).toEqual([10, 10, 10, 10, 10]);
  expect(worker.drain()).toEqual([]);
});

test('the number of ticks is bounded for any duration', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 * 24 * 3_600_000 }), (durationMs) => {
      expect(durationMs / tickFor(durationMs)).toBeLessThanOrEqual(300.001);
    }),
  );
});

test('moments of parts merge into those of the whole', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.1, max: 1000, noNaN: true }), { minLength: 4, maxLength: 50 }),
      fc.nat(50),
      (values, cut) => {
        const of = (some: number[]) => {
          const into = moments();
          for (const value of some) observe(into, value);
          return into;
        };
        const merged = mergeMoments(of(values.slice(0, cut)), of(values.slice(cut)));
        expect(variation(merged)).toBeCloseTo(variation(of(values)) ?? -1, 6);
      },
    ),
  );
});
