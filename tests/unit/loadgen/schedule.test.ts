import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { arrivalProcess, arrivalShare } from '../../../loadgen/schedule/arrivals.ts';
import type { ArrivalProcess } from '../../../loadgen/schedule/arrivals.ts';
import { constantStages, stagesProfile } from '../../../loadgen/schedule/profile.ts';
import { parseRecorded } from '../../../loadgen/schedule/recorded.ts';
import { moments, observe, variation } from '../../../loadgen/measure/variation.ts';
import { meanRate } from '../../../loadgen/options/plan.ts';
import type { Arrivals } from '../../../loadgen/options/plan.ts';
import { parseStages } from '../../../loadgen/options/quantities.ts';
import type { Stage } from '../../../loadgen/options/quantities.ts';
import { seededRandom } from '../../../shared/time/random.ts';

function all(process: ArrivalProcess, untilMs: number): number[] {
  const instants: number[] = [];
  for (let at = process.next(); at < untilMs; at = process.next()) instants.push(at);
  return instants;
}

function gapVariation(instants: readonly number[]): number {
  const of = moments();
  for (let i = 1; i < instants.length; i++) observe(of, (instants[i] ?? 0) - (instants[i - 1] ?? 0));
  return variation(of) ?? Number.NaN;
}

const process = (arrivals: Arrivals, rate: number, durationMs: number, seed = 1) =>
  arrivalProcess(arrivals, stagesProfile(constantStages(rate, durationMs)), seededRandom(seed));

test('constant arrivals are evenly spaced and exactly as many as asked', () => {
  const instants = all(process({ kind: 'constant' }, 2000, 10_000), 10_000);
  expect(instants).toHaveLength(20_000);
  expect(instants[0]).toBe(0);
  expect(instants[7]).toBeCloseTo(3.5, 9);
  expect(gapVariation(instants)).toBeLessThan(1e-6);
});

test('Poisson arrivals have exponential gaps: as many as asked within chance, variation 1', () => {
  const instants = all(process({ kind: 'poisson' }, 500, 100_000), 100_000);
  expect(Math.abs(instants.length - 50_000)).toBeLessThan(4 * Math.sqrt(50_000));
  expect(gapVariation(instants)).toBeGreaterThan(0.98);
  expect(gapVariation(instants)).toBeLessThan(1.02);
});

test('bursts come in groups at one instant and keep the mean rate', () => {
  const instants = all(process({ kind: 'burst', size: 20 }, 100, 10_000), 10_000);
  expect(instants).toHaveLength(1000);
  expect(new Set(instants).size).toBe(50);
});

test('the same seed gives the same arrivals, another seed others', () => {
  const some = (seed: number) => all(process({ kind: 'poisson' }, 100, 1000, seed), 1000);
  expect(some(5)).toEqual(some(5));
  expect(some(5)).not.toEqual(some(6));
});

test('however many workers share them, together they send exactly the one process', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 7 }),
      fc.constantFrom<Arrivals>({ kind: 'poisson' }, { kind: 'constant' }, { kind: 'burst', size: 3 }),
      (workers, arrivals) => {
        const whole = all(process(arrivals, 200, 2000), 2000);
        const shared = Array.from({ length: workers }, (_, i) =>
          all(arrivalShare(process(arrivals, 200, 2000), i, workers), 2000),
        ).flat();
        expect(shared.toSorted((a, b) => a - b)).toEqual(whole);
      },
    ),
    { numRuns: 30 },
  );
});

test('stages ramp linearly: the count due is the area under the rate', () => {
  const stages = parseStages('30s@50,1m@200,10s@0');
  const profile = stagesProfile(stages);
  expect(profile.durationMs).toBe(100_000);
  expect(profile.instantOf(750)).toBeCloseTo(30_000, 6);
  expect(profile.instantOf(750 + 7500)).toBeCloseTo(90_000, 6);
  expect(profile.instantOf(750 + 7500 + 1000)).toBeCloseTo(100_000, 2);
  expect(profile.instantOf(750 + 7500 + 1001)).toBe(Infinity);
  expect(meanRate({ kind: 'open', stages, arrivals: { kind: 'constant' } })).toBeCloseTo(92.5, 6);
});

/** Requests due by `tMs`: the area under the rate, summed piece by piece. */
function countBy(stages: readonly Stage[], tMs: number): number {
  let [count, rate, leftMs] = [0, 0, tMs];
  for (const { durationMs, ratePerSecond } of stages) {
    const ms = Math.min(leftMs, durationMs);
    const end = durationMs === 0 ? ratePerSecond : rate + ((ratePerSecond - rate) * ms) / durationMs;
    count += (((rate + end) / 2) * ms) / 1000;
    [rate, leftMs] = [ratePerSecond, leftMs - ms];
  }
  return count;
}

test('instantOf is the inverse of the area under the rate for any stages', () => {
  const stage = fc.record({
    durationMs: fc.integer({ min: 0, max: 20_000 }),
    ratePerSecond: fc.integer({ min: 0, max: 3000 }),
  });
  fc.assert(
    fc.property(
      fc.array(stage, { minLength: 1, maxLength: 6 }),
      fc.double({ min: 0.001, max: 0.999, noNaN: true }),
      (stages, share) => {
        const profile = stagesProfile(stages);
        const count = countBy(stages, profile.durationMs) * share;
        fc.pre(count > 1e-3);
        expect(countBy(stages, profile.instantOf(count))).toBeCloseTo(count, 3);
      },
    ),
  );
});

test('a profile that never gets there says so', () => {
  expect(stagesProfile(constantStages(10, 1000)).instantOf(10.5)).toBe(Infinity);
  expect(stagesProfile([]).instantOf(1)).toBe(Infinity);
});

test('recorded arrivals start at 0, are sorted, and can be played faster', () => {
  expect(parseRecorded('1500\n{"at": 1000}\n# remark\n\n2000\n', 2)).toEqual([0, 250, 500]);
  expect(() => parseRecorded('100\nsoon\n')).toThrow(/line 2/);
  expect(() => parseRecorded('\n')).toThrow(/has none/);
});
