import { createSimulation } from '../../shared/time/sim/simulation.ts';
import { check, exactly, nothing } from '../kit/checks.ts';
import { lab, type Variant } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';

const tasks = 1_200;
const workers = 4;
const grains = [1, 10, 300, 1_200] as const;
/** All grains that the search for the best one tries. */
const candidates = [1, 2, 5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 400, 600, 1_200] as const;

/** How large the pieces of a parallel job should be. */
export const granularity = lab({
  id: '11',
  name: 'granularity',
  topic: 'granularity',
  question: '1,200 candidates are ranked by four workers. How many should go into one call?',
  seconds: 1,
  cores: 1,
  parameters: {
    o: { unit: 'ms', values: [10, 8, 12] },
    w: { unit: 'ms', values: [1, 2] },
  },
  formula: 'time = ceil(N / (g P)) (o + g w): rounds of P calls, each with overhead o and g pieces of work w',
  assumptions: [
    'every call costs the same overhead, whatever its size',
    'all pieces are equal, and all workers are equal',
    'a worker takes its next call when it has finished the last one',
  ],
  axes: { x: 'pieces per call g', y: 'time of the whole job (ms)', logX: true },
  quantities: ({ o, w }) => [
    ...grains.map((g) => ({
      id: `g${g}`,
      label: `time at g = ${g}`,
      unit: 'ms' as const,
      theory: time(g, o!, w!),
      x: g,
    })),
    { id: 'best', label: 'best g, when one worker is 4 times slower', unit: 'count', theory: bestGrain(o!, w!) },
  ],
  virtual({ o, w }, seed, variant) {
    if (variant === 'do-nothing') return nothing;
    const equal = new Map<number, number>();
    const unequal = new Map<number, number>();
    for (const g of candidates) {
      equal.set(g, run(`${seed}/${g}`, g, o!, w!, 1, variant));
      unequal.set(g, run(`${seed}/slow/${g}`, g, o!, w!, 4, variant));
    }
    const best = (times: ReadonlyMap<number, number>): number => [...times].reduce((a, b) => (b[1] < a[1] ? b : a))[0];
    return {
      points: [
        ...grains.map((g) => exactly(`g${g}`, equal.get(g)!, tasks)),
        exactly('best', best(unequal), candidates.length),
      ],
      checks: [
        ...grains.map((g) =>
          check(
            `time at g = ${g}`,
            Math.abs(equal.get(g)! - time(g, o!, w!)) < 1e-6,
            `${digits(equal.get(g)!)} ms for ${digits(time(g, o!, w!))} ms`,
          ),
        ),
        check('equal workers: the best g is N / P = 300', best(equal) === tasks / workers, `measured ${best(equal)}`),
        check(
          'one slow worker: the best g is the computed one',
          best(unequal) === bestGrain(o!, w!),
          `${best(unequal)}`,
        ),
        check(
          'one slow worker: the best g is smaller than with equal workers',
          best(unequal) < best(equal),
          `${best(unequal)} < ${best(equal)}`,
        ),
      ],
      timeline: candidates.map(
        (g) =>
          `g = ${String(g).padStart(4)}  equal ${digits(equal.get(g)!).padStart(5)} ms   ` +
          `one slow ${digits(unequal.get(g)!).padStart(5)} ms`,
      ),
    };
  },
  variants: {
    broken: 'only three of the four workers take calls',
    control: 'the overhead grows with the size of the call, so large calls save nothing',
  },
  hints: [
    'Small calls pay the overhead often. With large calls, some workers have no work. What is in between?',
    'There are N / g calls, and P of them run at a time: ceil(N / (g P)) rounds of o + g w each.',
    'Three people move 60 boxes. A walk takes 5 minutes, and loading a box takes 1 minute. With one box at a ' +
      'time, each person walks 20 times: 20 (5 + 1) = 120 minutes. With 20 boxes on a cart, it takes 5 + 20 x 1 = ' +
      '25 minutes.',
  ],
  explanation: ({ o, w }) =>
    `With one piece per call, each worker pays the overhead ${tasks / workers} times: ${digits(time(1, o!, w!))} ms.
With all pieces in one call, the overhead is paid once, but three workers do nothing: ${digits(time(tasks, o!, w!))} ms.
With equal workers the best grain is N / P = 300: one call for each worker. This is the largest grain that uses all
workers.

With one slow worker, this grain is bad. The slow worker gets as much work as the others, and the job waits for it. With
smaller calls, the fast workers take more calls than the slow one. So the best grain is now ${bestGrain(o!, w!)}.

The rule: use large grains rather than small ones, but several grains for each worker.`,
  transfer: {
    question:
      'The network becomes ten times faster, so the overhead falls from 10 to 1 ms. One worker is slow. Does the ' +
      'best grain become larger or smaller?',
    answer: 'It becomes smaller. Small calls are cheap now, and they distribute the work more evenly.',
  },
});

const time = (g: number, o: number, w: number): number => Math.ceil(tasks / (g * workers)) * (o + g * w);

/**
 * The best grain if one worker is four times slower, computed without events. The rule is the same as in the run: the
 * worker that is free first takes the next call.
 */
function bestGrain(o: number, w: number): number {
  const finish = (g: number): number => {
    const free = Array.from({ length: workers }, () => 0);
    let last = 0;
    for (let left = tasks; left > 0; left -= g) {
      const next = free.indexOf(Math.min(...free));
      free[next]! += o + Math.min(g, left) * w * (next === 0 ? 4 : 1);
      last = Math.max(last, free[next]!);
    }
    return last;
  };
  return candidates.reduce((best, g) => (finish(g) < finish(best) ? g : best));
}

/** The workers take calls from one queue, in virtual time; returns the time of the whole job, ms. */
function run(seed: string, g: number, o: number, w: number, slow: number, variant: Variant): number {
  const sim = createSimulation(seed);
  let left = tasks;
  let endedAt = 0;
  const work = (worker: number): void => {
    const size = Math.min(g, left);
    if (size === 0) return;
    left -= size;
    const overhead = variant === 'control' ? o * size : o;
    sim.scheduler.after(overhead + size * w * (worker === 0 ? slow : 1), () => {
      endedAt = sim.clock.now();
      work(worker);
    });
  };
  for (let worker = 0; worker < (variant === 'broken' ? workers - 1 : workers); worker++) work(worker);
  sim.runSync();
  return endedAt;
}
