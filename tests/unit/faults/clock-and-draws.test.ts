import { expect, test } from 'vitest';
import { distributions, draw, sample } from '../../../shared/faults/draw.ts';
import { boundedMap } from '../../../shared/faults/bounded-map.ts';
import { skewableClock } from '../../../shared/faults/skewable-clock.ts';
import { seededRandom } from '../../../shared/time/random.ts';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';

test('the offset of a skewed clock moves wall time, its drift both times; neither turns time back', () => {
  const simulation = createSimulation(1);
  const clock = skewableClock(simulation.clock);
  const lead = () => [clock.now() - simulation.clock.now(), clock.wall() - simulation.clock.wall()];
  simulation.runSync(1_000);
  expect(lead()).toEqual([0, 0]);
  const undo = clock.skew({ offsetMs: -60_000, rate: 1 });
  expect(lead()).toEqual([0, -60_000]);
  const undoDrift = clock.skew({ offsetMs: 0, rate: 0.5 });
  simulation.runSync(3_000);
  expect(lead()).toEqual([-1_000, -61_000]);
  undo();
  expect(lead()).toEqual([-1_000, -1_000]);
  simulation.runSync(4_000);
  const before = clock.now();
  undoDrift();
  undoDrift();
  expect(clock.now()).toBe(before);
  simulation.runSync(9_000);
  expect(lead()).toEqual([-1_500, 0]);
});

test('draws are uniform, and independent of each other by seed, fault, request and purpose', () => {
  const n = 20_000;
  const counts = Array.from({ length: 10 }, () => 0);
  let agree = 0;
  for (let i = 0; i < n; i++) {
    const value = draw(7, 'f1', `request-${i}`);
    counts[Math.floor(value * 10)]!++;
    for (const other of [
      draw(8, 'f1', `request-${i}`),
      draw(7, 'f2', `request-${i}`),
      draw(7, 'f1', `request-${i}`, 'u'),
    ])
      if (value < 0.5 === other < 0.5) agree++;
  }
  // Chi square with 9 degrees of freedom: above 33.7 has a chance of 1e-4.
  expect(counts.reduce((sum, count) => sum + (count - n / 10) ** 2 / (n / 10), 0)).toBeLessThan(33.7);
  expect(Math.abs(agree / (3 * n) - 0.5)).toBeLessThan(0.01);
  expect(draw(7, 'f1', 'request-1')).toBe(draw(7, 'f1', 'request-1'));
});

test.each(distributions)(
  'samples of the %s distribution are never negative and have the mean that was asked for',
  (name) => {
    const random = seededRandom(3);
    let sum = 0;
    for (let i = 0; i < 40_000; i++) {
      const value = sample(name, 100, 20, random.next(), random.next());
      expect(value).toBeGreaterThanOrEqual(0);
      sum += value;
    }
    expect(Math.abs(sum / 40_000 - 100)).toBeLessThan(3);
  },
);

test('a bounded map forgets what was set first', () => {
  const map = boundedMap<number>(2);
  map.set('a', 1);
  map.set('b', 2);
  map.set('a', 3);
  map.set('c', 4);
  expect([map.get('a'), map.get('b'), map.get('c'), map.size]).toEqual([undefined, 2, 4, 2]);
});
