import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { sleep } from '../../../../shared/time/scheduler.ts';
import {
  constant,
  exponential,
  lognormal,
  mixture,
  normal,
  uniform,
} from '../../../../shared/time/sim/distribution.ts';
import { createEventHeap } from '../../../../shared/time/sim/heap.ts';
import { createNetwork } from '../../../../shared/time/sim/network.ts';
import { createSimulation } from '../../../../shared/time/sim/simulation.ts';
import { createStation } from '../../../../shared/time/sim/station.ts';

test('the heap gives events in order of time, then of arrival, and forgets removed ones: like a sorted list', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constant('pop' as const), fc.constant('remove' as const)), {
        maxLength: 400,
      }),
      (steps) => {
        const heap = createEventHeap(2);
        let order = 0;
        let model: { time: number; order: number; slot: number }[] = [];
        for (const step of steps) {
          if (typeof step === 'number') model.push({ time: step, order: order++, slot: heap.push(step) });
          else if (step === 'remove') {
            const [victim] = model.splice(Math.floor(model.length / 2), 1);
            if (victim) expect(heap.remove(victim.slot)).toBe(true);
          } else {
            model = model.toSorted((a, b) => a.time - b.time || a.order - b.order);
            expect(heap.pop()).toBe(model.shift()?.slot ?? -1);
          }
          expect(heap.size).toBe(model.length);
          expect(heap.nextTime()).toBe(model.length === 0 ? Infinity : Math.min(...model.map(({ time }) => time)));
        }
      },
    ),
  );
});

test('virtual time passes in jumps; events happen in order; equal times in the order they were set', async () => {
  const { clock, scheduler, run } = createSimulation(1);
  const seen: string[] = [];
  scheduler.after(3_600_000, () => seen.push(`hour ${clock.now()}`));
  scheduler.after(5, () => seen.push('b'));
  scheduler.after(5, () => seen.push('c'));
  scheduler.after(1, () => scheduler.after(4, () => seen.push('d')));
  await run(10);
  expect(seen).toEqual(['b', 'c', 'd']);
  expect(clock.now()).toBe(10);
  await run();
  expect(seen.at(-1)).toBe('hour 3600000');
});

test('all promises of an event run before the next event, however deep the chain', async () => {
  const { clock, scheduler, run } = createSimulation(1);
  const seen: string[] = [];
  scheduler.after(1, () => {
    void (async () => {
      for (let i = 0; i < 100; i++) await Promise.resolve();
      seen.push(`promise at ${clock.now()}`);
    })();
  });
  scheduler.after(1, () => seen.push('next event'));
  await run();
  expect(seen).toEqual(['promise at 1', 'next event']);
});

test('code that awaits is simulated as it stands', async () => {
  const sim = createSimulation(1);
  const log: number[] = [];
  const worker = async (ms: number) => {
    for (let i = 0; i < 3; i++) {
      await sleep(sim.scheduler, ms);
      log.push(sim.clock.now());
    }
  };
  void worker(10);
  void worker(15);
  await sim.run();
  expect(log).toEqual([10, 15, 20, 30, 30, 45]);
});

test('a cancelled timer never fires, nor does an old handle cancel the event that has its place now', async () => {
  const { scheduler, run, ...sim } = createSimulation(1);
  let fired = 0;
  const first = scheduler.after(1, () => fired++);
  await run(2);
  const second = scheduler.after(1, () => fired++);
  first.cancel();
  await run(4);
  expect(fired).toBe(2);
  second.cancel();
  const ticks = scheduler.every(10, () => fired++);
  await run(35);
  ticks.cancel();
  await run();
  expect(fired).toBe(5);
  expect(sim.pending).toBe(0);
});

test('an event that throws ends the run with its error', async () => {
  const { scheduler, run } = createSimulation(1);
  scheduler.after(1, () => {
    throw new Error('broken model');
  });
  await expect(run()).rejects.toThrow('broken model');
});

test('the same seed gives the same run, another seed another', async () => {
  const trace = async (seed: number) => {
    const sim = createSimulation(seed);
    const network = createNetwork({ ...sim, link: { latency: exponential(5), drop: 0.1, duplicate: 0.1 } });
    const seen: string[] = [];
    for (let i = 0; i < 200; i++)
      sim.scheduler.after(i, () => network.send('a', 'b', () => seen.push(`${i} at ${sim.clock.now()}`)));
    await sim.run();
    return seen;
  };
  expect(await trace(1)).toEqual(await trace(1));
  expect(await trace(1)).not.toEqual(await trace(2));
});

test('runs without promises give the same, synchronously', () => {
  const sim = createSimulation(1);
  let ticks = 0;
  sim.scheduler.every(1, () => ticks++);
  sim.runSync(1_000);
  expect(ticks).toBe(1_000);
  expect(sim.clock.now()).toBe(1_000);
});

test.each([
  ['constant', constant(7), 7, 0],
  ['uniform', uniform(2, 4), 3, 1 / 3],
  ['exponential', exponential(10), 10, 100],
  ['normal', normal(167, 5), 167, 25],
  ['lognormal', lognormal(10, 0.5), 10 * Math.exp(0.125), 100 * Math.exp(0.25) * (Math.exp(0.25) - 1)],
  ['mixture', mixture(constant(0), constant(100), 0.1), 10, 900],
])('%s draws have the mean and variance that they should', (_, distribution, mean, variance) => {
  const { random } = createSimulation('draws');
  const n = 50_000;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += distribution(random);
  // Five standard errors.
  expect(Math.abs(sum / n - mean)).toBeLessThanOrEqual(5 * Math.sqrt(variance / n) + 1e-9);
});

test('the network loses and doubles messages in their shares, and partitions and blocks stop them', async () => {
  const sim = createSimulation(3);
  const network = createNetwork(sim);
  network.setLink('a', 'b', { drop: 0.2, duplicate: 0.1 });
  let arrived = 0;
  const send = (from: string, to: string, n: number) => {
    for (let i = 0; i < n; i++) network.send(from, to, () => arrived++);
  };
  send('a', 'b', 10_000);
  expect(arrived).toBe(0);
  await sim.run();
  expect(Math.abs(arrived - 10_000 * 0.8 * 1.1)).toBeLessThan(250);
  arrived = 0;
  network.partition([['a', 'b'], ['c']]);
  network.block('b', 'a');
  for (const [from, to] of [
    ['a', 'c'],
    ['c', 'b'],
    ['b', 'a'],
  ] as const)
    send(from, to, 1);
  send('c', 'elsewhere', 1);
  await sim.run();
  expect(arrived).toBe(1);
  network.heal();
  send('b', 'a', 1);
  await sim.run();
  expect(arrived).toBe(2);
});

test('a station serves as many jobs at a time as it has workers, the others wait their turn', async () => {
  const sim = createSimulation(1);
  const station = createStation({ ...sim, workers: 2, serviceTime: constant(10) });
  const done: string[] = [];
  for (const job of ['a', 'b', 'c', 'd', 'e']) void station.work().then(() => done.push(`${job} ${sim.clock.now()}`));
  expect([station.busy, station.queued]).toEqual([2, 3]);
  await sim.run();
  expect(done).toEqual(['a 10', 'b 10', 'c 20', 'd 20', 'e 30']);
});

test('its mean queue is that of theory: M/M/1 at 80% has 4 in the system', async () => {
  const sim = createSimulation(5);
  const station = createStation({ ...sim, workers: 1, serviceTime: exponential(10) });
  let area = 0;
  let samples = 0;
  const arrive = () => {
    // Poisson arrivals see time averages: the mean number found on arrival is that of all times.
    area += station.busy + station.queued;
    samples++;
    void station.work();
    sim.scheduler.after(exponential(12.5)(sim.random), arrive);
  };
  arrive();
  await sim.run(2_000_000);
  expect(area / samples).toBeGreaterThan(3.5);
  expect(area / samples).toBeLessThan(4.5);
});

test('a job that is aborted leaves the queue, or frees its worker', async () => {
  const sim = createSimulation(1);
  const station = createStation({ ...sim, workers: 1, serviceTime: constant(100) });
  const served = new AbortController();
  const waiting = new AbortController();
  const ended: string[] = [];
  const watch = (name: string, work: Promise<void>) =>
    work.then(
      () => ended.push(`${name} ${sim.clock.now()}`),
      () => ended.push(`${name} gone ${sim.clock.now()}`),
    );
  void watch('first', station.work(served.signal));
  void watch('second', station.work(waiting.signal));
  void watch('third', station.work());
  sim.scheduler.after(10, () => waiting.abort());
  sim.scheduler.after(20, () => served.abort());
  await sim.run();
  expect(ended).toEqual(['second gone 10', 'first gone 20', 'third 120']);
});
