import { expect, test } from 'vitest';
import { seededRandom } from '../../../shared/time/random.ts';
import { searchCapacity, type TrialOutcome } from '../../../loadgen/find/capacity.ts';
import { explainPrediction } from '../../../loadgen/predict/explain.ts';
import type { PredictionRow } from '../../../loadgen/predict/explain.ts';
import { erlangC, md1, mm1, mmc } from '../../../loadgen/predict/queues.ts';
import { solveLinear, student975 } from '../../../loadgen/sweep/linear.ts';
import { fitUsl, uslThroughput } from '../../../loadgen/sweep/usl.ts';
import { fitZipf, zipf } from '../../../loadgen/workload/zipf.ts';

const sizes = [1, 2, 4, 8, 16, 32, 64];
/** Noise of +-`spread`, uniform, from a seed. */
function points(lambda: number, sigma: number, kappa: number, spread = 0, seed = 1, from = sizes) {
  const random = seededRandom(seed);
  return from.flatMap((n) =>
    [0, 1, 2].map(() => ({
      n,
      throughput: uslThroughput([lambda, sigma, kappa], n) * (1 + spread * (2 * random.next() - 1)),
    })),
  );
}

test('the scalability law is found exactly in exact data, with its peak', () => {
  const fit = fitUsl(points(1000, 0.05, 0.001));
  if (fit.kind !== 'fitted') throw new Error(fit.why);
  expect(fit.lambda.value).toBeCloseTo(1000, 3);
  expect(fit.sigma.value).toBeCloseTo(0.05, 6);
  expect(fit.kappa.value).toBeCloseTo(0.001, 8);
  expect(fit.peak?.n).toBeCloseTo(Math.sqrt(0.95 / 0.001), 3);
  expect(fit.unidentified).toEqual([]);
});

test('of a hundred noisy sweeps the 95% intervals hold the truth in about 95', () => {
  let inside = 0;
  for (let seed = 0; seed < 100; seed++) {
    const fit = fitUsl(points(500, 0.1, 0.002, 0.05, seed));
    if (fit.kind === 'fitted' && fit.sigma.low <= 0.1 && 0.1 <= fit.sigma.high) inside++;
  }
  expect(inside).toBeGreaterThanOrEqual(88);
  expect(inside).toBeLessThanOrEqual(100);
});

test('what the data cannot tell is called not identifiable', () => {
  expect(fitUsl(points(1000, 0.05, 0.001, 0, 1, [1, 2, 4]))).toMatchObject({ kind: 'not-identifiable' });
  const linear = fitUsl(points(1000, 0, 0, 0.03));
  if (linear.kind !== 'fitted') throw new Error(linear.why);
  expect(linear.unidentified.join()).toMatch(/kappa/);
  expect(linear.peak).toBeUndefined();
});

test('linear systems are solved, singular ones refused', () => {
  const solve = (first: number[], second: number[], right: number[]) => solveLinear([first, second], right);
  expect(solve([0, 2], [3, 1], [4, 5])).toEqual([1, 2]);
  expect(solve([1, 2], [2, 4], [1, 2])).toBeUndefined();
  expect(student975(5)).toBeCloseTo(2.571, 3);
  expect(student975(40)).toBeCloseTo(2.021, 3);
});

test('queue models agree with the textbook and with each other', () => {
  expect(mm1(50, 0.01)).toMatchObject({ utilisation: 0.5 });
  expect(mm1(50, 0.01).meanS).toBeCloseTo(0.02, 12);
  expect(mm1(90, 0.01).meanS).toBeCloseTo(0.1, 12);
  expect(mmc(80, 0.01, 1).meanS).toBeCloseTo(mm1(80, 0.01).meanS, 12);
  expect(erlangC(2, 1)).toBeCloseTo(1 / 3, 12);
  expect(mmc(100, 0.01, 2).meanS).toBeCloseTo(0.01 / (1 - 0.25), 12);
  expect(md1(50, 0.01).meanS).toBeCloseTo(0.015, 12);
  for (const of of [mm1(100, 0.01), mmc(200, 0.01, 2), md1(120, 0.01)]) expect(of.meanS).toBe(Infinity);
});

test('the reason why measurement and model part is named', () => {
  const base: PredictionRow = {
    rate: 50,
    utilisation: 0.5,
    servers: 1,
    measuredMs: 20,
    mm1Ms: 20,
    mmcMs: 20,
    md1Ms: 15,
    serviceMs: 10,
    serviceVariation: 1,
    errorShare: 0,
    valid: true,
  };
  expect(explainPrediction(base)).toBe('like M/M/1');
  expect(explainPrediction({ ...base, measuredMs: 15, serviceVariation: 0.05 })).toMatch(/M\/D\/1.*vary little/);
  expect(explainPrediction({ ...base, measuredMs: 15 })).toMatch(/too few requests/);
  expect(explainPrediction({ ...base, measuredMs: 10.5 })).toMatch(/in parallel/);
  expect(explainPrediction({ ...base, measuredMs: 60 })).toMatch(/slower under load/);
  expect(explainPrediction({ ...base, measuredMs: 60, serviceVariation: 3 })).toMatch(/vary more/);
  expect(explainPrediction({ ...base, errorShare: 0.2 })).toMatch(/failed/);
  expect(explainPrediction({ ...base, valid: false })).toMatch(/not valid/);
  expect(explainPrediction({ ...base, utilisation: 1.1, mm1Ms: Infinity })).toMatch(/the queue grows/);
});

test('capacity is bracketed and bisected to the tolerance', async () => {
  for (const truth of [137, 900, 5000]) {
    const { capacity, trials } = await searchCapacity(async (rate) => (rate <= truth ? 'pass' : 'fail'), {
      from: 100,
      most: 20_000,
      tolerance: 0.05,
      repeats: 3,
    });
    if (capacity.kind !== 'found') throw new Error(capacity.kind);
    expect(capacity.rate).toBeLessThanOrEqual(truth);
    expect(capacity.rate).toBeGreaterThan(truth * 0.94);
    expect(capacity.failedAt).toBeGreaterThan(truth);
    // Two of three decide: no third trial where the first two agree.
    expect(trials.every((trial) => trial.outcomes.length === 2)).toBe(true);
  }
});

test('one unlucky trial does not decide', async () => {
  let unlucky = true;
  const { capacity } = await searchCapacity(
    async (rate) => {
      if (rate === 400 && unlucky) {
        unlucky = false;
        return 'fail';
      }
      return rate <= 1000 ? 'pass' : 'fail';
    },
    { from: 100, most: 20_000, tolerance: 0.05, repeats: 3 },
  );
  expect(capacity).toMatchObject({ kind: 'found' });
  expect(capacity.kind === 'found' && capacity.rate).toBeGreaterThan(940);
});

test('a capacity below, above, or hidden by the generator is told apart', async () => {
  const options = { from: 100, most: 1000, tolerance: 0.05, repeats: 1 };
  const found = async (trial: (rate: number) => TrialOutcome) =>
    (await searchCapacity(async (rate) => trial(rate), options)).capacity;
  expect(await found(() => 'pass')).toEqual({ kind: 'above', rate: 1000 });
  expect(await found(() => 'fail')).toMatchObject({ kind: 'below' });
  expect(await found((rate) => (rate < 300 ? 'pass' : 'generator'))).toMatchObject({ kind: 'generator' });
  expect(await found((rate) => (rate <= 20 ? 'pass' : 'fail'))).toMatchObject({ kind: 'found' });
});

test('drawn words have the skew that was asked, and it is measured', () => {
  const random = seededRandom(3);
  for (const exponent of [0, 0.8, 1, 1.3]) {
    const law = zipf(1000, exponent);
    const counts = new Float64Array(1000);
    for (let i = 0; i < 100_000; i++) {
      const rank = law.draw(random);
      counts[rank - 1] = (counts[rank - 1] ?? 0) + 1;
    }
    expect(fitZipf(counts)).toBeCloseTo(exponent, 1);
  }
  expect(fitZipf([0, 0])).toBeUndefined();
});
