import { seededRandom } from '../../shared/time/random.ts';
import { constant, exponential } from '../../shared/time/sim/distribution.ts';
import type { StationFigures } from '../../shared/time/sim/station.ts';
import { check, meanOf, nothing, unknown, within } from '../kit/checks.ts';
import { nodeOf } from '../kit/nodes.ts';
import { arrivalTimes, calibrationMs, closedLoad, meanMs, openLoad } from '../kit/open-load.ts';
import { labPlan } from '../kit/searches.ts';
import { lindleyMeanWait, runStation } from '../kit/station-run.ts';
import { alone } from '../kit/topology.ts';
import { lab, type Check, type Point } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';
import { meanInterval, shownConfidence } from '../statistics/interval.ts';

/**
 * `skewness`: the skewness of the mean response time, times the square root of the number of jobs. The mean is skewed,
 * because one long queue makes it much larger, and nothing makes it much smaller. Each skewness was measured in at
 * least 8,000 runs of Lindley's recursion.
 */
const utilisations = [
  { rho: 0.5, jobs: 40_000, skewness: 26 },
  { rho: 0.8, jobs: 40_000, skewness: 76 },
  { rho: 0.9, jobs: 80_000, skewness: 138 },
] as const;
/** The live station draws its service times from this seed. */
const stationSeed = 11;
/** With equal service times, jobs wait half as long as the formula says. The ratio may differ from 0.5 by this much. */
const mostEqualDifference = 0.15;
/** The response times at three utilisations; then Lindley's recursion three times, and Little's law. */
const checks = 7;

/**
 * The asymptotic variance of the mean response time in M/M/1, in units of S squared. Divided by n, it is the variance
 * of the mean of n jobs. Neighbours in a queue wait alike, so it is far above the variance of one job. Its three parts:
 *
 *   the waiting times (Daley, J. Austral. Math. Soc. 8 (1968); Whitt, Management Science 35 (1989))
 *   the service times: 1
 *   twice the covariance of a service time and all later waiting times. This covariance is the derivative of the mean
 *   waiting time by S: rho (2 - rho) / (1 - rho)^2
 */
const variance = (rho: number): number =>
  (rho * (2 + 5 * rho - 4 * rho ** 2 + rho ** 3)) / (1 - rho) ** 4 + 1 + (2 * rho * (2 - rho)) / (1 - rho) ** 2;

/** One queue and one worker: how the response time grows with the utilisation. */
export const utilisation = lab({
  id: '10',
  name: 'utilisation',
  topic: 'utilisation and response time',
  question: 'A server is busy half of the time. How much slower is it at 80%, and at 90%?',
  seconds: 35,
  cores: 2,
  parameters: { S: { unit: 'ms', values: [10, 8, 12, 16] } },
  formula: 'W = S / (1 - rho), where rho = arrival rate x S is the utilisation (M/M/1)',
  assumptions: [
    'arrivals are independent of each other (a Poisson process)',
    'service times are exponential with mean S',
    'there is one worker, and one queue without a limit; the first that comes is served first',
    'the system has run for long',
  ],
  axes: { x: 'utilisation rho', y: 'mean response time W (ms)' },
  quantities: ({ S }) =>
    utilisations.map(({ rho }) => ({
      id: `w${rho}`,
      label: `W at rho = ${rho}`,
      unit: 'ms',
      theory: S! / (1 - rho),
      x: rho,
    })),
  virtual({ S }, seed, variant) {
    if (variant === 'do-nothing') return nothing;
    const points: Point[] = [];
    const found: Check[] = [];
    const timeline: string[] = [];
    for (const { rho, jobs, skewness } of utilisations) {
      // Broken: a second worker helps. Control: all service times are equal, so queues are half as long.
      const { figures, draws } = runStation({
        seed: `${seed}/${rho}`,
        n: jobs,
        ratePerMs: rho / S!,
        workers: variant === 'broken' ? 2 : 1,
        serviceTime: variant === 'control' ? constant(S!) : exponential(S!),
      });
      const waitMs = figures.waitedMs / figures.done;
      const mean = waitMs + figures.servedMs / figures.done;
      const n = figures.done;
      const w = meanOf(`w${rho}`, mean, n, S! * Math.sqrt(variance(rho) / n), skewness / Math.sqrt(n));
      points.push(w.point);
      found.push(w.isTheory(`W at rho = ${rho} is S / (1 - rho)`, S! / (1 - rho), checks));
      const lindley = lindleyMeanWait(draws);
      found.push(
        check(
          `waiting at rho = ${rho} equals Lindley's recursion on the same random numbers`,
          Math.abs(lindley - waitMs) < 1e-6,
          `${digits(waitMs)} ms and ${digits(lindley)} ms`,
        ),
      );
      timeline.push(...firstQueue(rho, draws.arrivals, draws.services));
      if (rho === 0.5) {
        // The right side is the theory's. With the measured lambda and W, both sides would always be equal.
        const inside = figures.occupiedMs / figures.sinceMs;
        found.push(within("Little's law: L = lambda W = rho / (1 - rho)", inside, rho / (1 - rho), 0.1, figures.done));
      }
    }
    found.push(...equalServices(S!, seed));
    return { points, checks: found, timeline };
  },
  async live({ S }, { cluster, seed, signal, progress, say }) {
    const [{ rho }] = utilisations;
    const n = 1_500;
    const own = await cluster({
      nodes: [alone('monitor'), { name: 'server', components: ['query', 'database'], replicas: 1 }],
    });
    const server = nodeOf(own, 'query');
    const question = (i: number) => labPlan(server, i);
    // The first calls compile code, and they open connections.
    await openLoad({ seed: 'warm up', n: 100, perSecond: 100, question, signal });
    // One call at a time, with a fixed service time: no call waits in the queue. So the time above the service time is
    // the overhead of the call itself.
    const fixedMs = calibrationMs(S!);
    await own.policy(server.id, { station: { component: 'query', workers: 1, serviceMs: fixedMs } });
    const ownMs = meanMs(await closedLoad({ n: 200, lanes: 1, question, signal })) - fixedMs;
    const station = { component: 'query', workers: 1, serviceMs: S, distribution: 'exponential' };
    await own.policy(server.id, { station: { ...station, seed: stationSeed } });
    say(`to see the queue: curl -s http://127.0.0.1:${server.opsPort}/admin/state`);
    const perSecond = (1_000 * rho) / S!;
    const answers = await openLoad({
      seed,
      n,
      perSecond,
      question,
      signal,
      onProgress: (done) => progress('calls at rho = 0.5', done, n),
    });
    const good = answers.filter(({ ok }) => ok);
    const { station: figures } = (await own.ask(server.id, '/admin/state')) as {
      station: StationFigures;
    };
    // Neighbours wait alike, so the interval is that of the means of 20 parts.
    const size = Math.floor(good.length / 20);
    const parts = Array.from({ length: 20 }, (_, i) => meanMs(good.slice(i * size, (i + 1) * size)) - ownMs);
    const interval = meanInterval(parts, shownConfidence);
    const measured = meanMs(good) - ownMs;
    const virtual = await utilisation.virtual!({ S: S! }, seed, 'correct');
    const insideMean = figures.occupiedMs / figures.sinceMs;
    // The result of the model for the same arrivals and service times, so that chance has no part in the difference.
    const random = seededRandom(stationSeed);
    const services = Array.from({ length: n }, () => exponential(S!)(random));
    const drawnS = services.reduce((sum, each) => sum + each, 0) / n;
    const drawnW = drawnS + lindleyMeanWait({ arrivals: arrivalTimes(seed, n, perSecond), services });
    return {
      points: [{ id: `w${rho}`, measured, n: good.length, interval }, ...virtual.points.slice(1)],
      checks: [
        ...virtual.checks,
        good.length < n
          ? unknown('every call is answered', `${n - good.length} of ${n} calls failed`, 'run the lab again')
          : check('every call is answered', true, `${n} of ${n}`),
        within(
          `live: W, without the ${digits(ownMs)} ms outside of the station, is that of Lindley's recursion`,
          measured,
          drawnW,
          0.15,
          good.length,
        ),
        within(
          "live: Little's law, L of the station = lambda x W of the caller",
          insideMean,
          (figures.done / figures.sinceMs) * measured,
          0.1,
          figures.done,
        ),
      ],
      timeline: virtual.timeline,
    };
  },
  variants: {
    broken: 'a second worker helps',
    control: 'service times are all equal, so the formula does not hold (M/D/1: jobs wait half as long)',
  },
  hints: [
    'A job waits if it arrives while another job is there. How likely is this, if the server is busy half of the ' +
      'time? What happens if several jobs arrive together?',
    'rho is the share of the time in which the server is busy. On average, a job finds rho / (1 - rho) other jobs, ' +
      'and each takes S. So W = S + S rho / (1 - rho) = S / (1 - rho).',
    'A cashier needs 60 s per customer, and is busy 75% of the time: W = 60 / (1 - .75) = 240 s. At 87.5%, W = ' +
      '480 s: with half of the free time, customers need twice the time.',
  ],
  explanation: ({ S }) =>
    `The response time is not proportional to the load, because the formula divides by the free time, 1 - rho. From 50%
to 90%, the load grows to 1.8 times. The response time grows to 5 times: from ${2 * S!} ms to ${10 * S!} ms.

Jobs do not come at equal distances. Sometimes three jobs come together. A busy server has little free time to empty its
queue. So there is often still a queue when the next jobs come.

Lindley's recursion computes the same waiting times from the same random numbers. So the station does what the model
says. The difference to the formula is only chance. At 90% it is larger, because one long queue delays hundreds of jobs.

The formula assumes exponential service times. In three checks, all service times are equal. Then jobs wait only half as
long, because no long job delays the others. They still wait, because they come at random.`,
  transfer: {
    question:
      'Your server is 90% busy and answers in 100 ms. You buy one that is twice as fast. What is the response ' +
      'time now?',
    answer:
      'S is now 5 ms, and rho is .45. So W = 5 / (1 - .45) = 9.1 ms. A server that is twice as fast answers eleven ' +
      'times as fast.',
  },
});

/**
 * The assumption does not hold here: all service times are equal (M/D/1). Jobs then wait half as long (Pollaczek and
 * Khinchine): W = S + S rho / (2 (1 - rho)). Arrivals still come in bursts, so they wait.
 */
function equalServices(S: number, seed: string): Check[] {
  return utilisations.map(({ rho, jobs }) => {
    const ratePerMs = rho / S;
    const run = { seed: `${seed}/equal/${rho}`, n: jobs, ratePerMs, workers: 1, serviceTime: constant(S) };
    const { figures } = runStation(run);
    const waitMs = figures.waitedMs / figures.done;
    const formula = (S * rho) / (1 - rho);
    return check(
      `equal service times at rho = ${rho}: jobs wait about half as long as the formula says`,
      Math.abs(waitMs / formula - 0.5) < mostEqualDifference,
      `they wait ${digits(waitMs)} ms; the formula says ${digits(formula)} ms`,
    );
  });
}

/** The first queue of at least three jobs: who arrives, who waits, who leaves. */
function firstQueue(rho: number, arrivals: readonly number[], services: readonly number[]): string[] {
  let wait = 0;
  let length = 0;
  for (let i = 1; i < arrivals.length; i++) {
    wait = Math.max(0, wait + services[i - 1]! - (arrivals[i]! - arrivals[i - 1]!));
    length = wait > 0 ? length + 1 : 0;
    if (length < 3) continue;
    return [
      `rho = ${rho}: the first three jobs in a row that wait`,
      ...[i - 3, i - 2, i - 1, i].map(
        (job) => `  ${digits(arrivals[job]!)} ms  job ${job} arrives, needs ${digits(services[job]!)} ms`,
      ),
      `  job ${i} waits ${digits(wait)} ms`,
    ];
  }
  return [];
}
