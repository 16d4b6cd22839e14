import { check, nothing, unknown } from '../kit/checks.ts';
import { lab, type Check, type Point } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';
import { meanInterval, shownConfidence } from '../statistics/interval.ts';
import { quantileInterval } from '../statistics/quantile.ts';
import { liveLimping } from './live.ts';
import { healthyMs, limpingRun, replicas, type CallTimes } from './model.ts';

/**
 * Without ejection, the p99 is at least `worse` times that of healthy replicas; after ejection, at most `asGood` times.
 */
const worse = 5;
const asGood = 1.5;

const meanOf = (factor: number): number => (healthyMs * (replicas - 1 + factor)) / replicas;

/** A node that works, but slowly, does more harm than a node that is gone. */
export const limping = lab({
  id: '26',
  name: 'limping',
  topic: 'limping (fail-slow)',
  question: 'One of three replicas is ten times slower, and its heartbeats are fine. What do users notice?',
  seconds: 95,
  cores: 2,
  failuresExpected: true,
  parameters: { f: { unit: 'none', values: [10, 8, 12] } },
  attach: {
    dashboard: 'tierlab-resilience',
    see:
      '"Who is left out" names the limping replica after a caller has ejected it. "Tierlab: tiers (RED)" shows the ' +
      '99th percentile that callers of ranking measure.',
  },
  formula: 'without ejection: mean = s (2 + f) / 3, and p99 = f s; after ejection: p99 = s',
  assumptions: [
    'calls are sent to the replicas in turn',
    'more than one call in a hundred meets the limping replica, so the 99th percentile is one of its calls',
    'the other replicas can answer all calls',
  ],
  quantities: ({ f }) => [
    { id: 'mean', label: 'mean without ejection', unit: 'ms', theory: meanOf(f!) },
    { id: 'without', label: 'p99 without ejection', unit: 'ms', theory: f! * healthyMs },
    { id: 'before', label: 'p99 before ejection', unit: 'ms', theory: f! * healthyMs },
    { id: 'after', label: 'p99 after ejection', unit: 'ms', theory: healthyMs },
  ],
  async virtual({ f }, seed, variant) {
    if (variant === 'do-nothing') return nothing;
    const of = { factor: f!, variant };
    const without = await limpingRun({ ...of, seed: `${seed}/without`, ejects: false });
    const withEjection = await limpingRun({ ...of, seed: `${seed}/with`, ejects: true });
    return {
      points: points(without, withEjection),
      checks: checksOf('', without, withEjection),
      timeline: withEjection.timeline,
    };
  },
  async live({ f }, context) {
    const { latency, cpu } = await liveLimping(f!, context);
    return {
      points: points(latency.without, latency.withEjection),
      checks: [
        ...checksOf('limp.latency: ', latency.without, latency.withEjection),
        ...checksOf('limp.cpu: ', cpu.without, cpu.withEjection),
      ],
      timeline: [
        ...told('limp.latency', latency.withEjection),
        ...told('limp.cpu', cpu.withEjection),
        `limp.cpu without ejection: p99 ${p99(cpu.without.before)} ms`,
      ],
      faults: [latency.proof, cpu.proof],
    };
  },
  variants: {
    broken: 'the callers eject only replicas that are a thousand times slower',
    control: 'all replicas limp at once, so none of them is an outlier',
  },
  hints: [
    'Every third call meets the limping replica. How does this change the mean? How does it change the slowest ' +
      'call of a hundred?',
    'A third of the calls takes f s, and the others take s. Of 100 calls, 99 take no longer than the 99th ' +
      'percentile. So the 99th percentile is the time of a slow call.',
    'One of 20 checkouts takes 10 minutes instead of 1. The mean is (19 + 10) / 20 = 1.45 minutes; the 99th ' +
      'percentile is 10 minutes.',
  ],
  explanation: ({ f }) =>
    `A third of the calls meets the limping replica. The mean grows from ${healthyMs} to ${digits(meanOf(f!))} ms. The
99th percentile grows to ${f!} times: ${f! * healthyMs} ms. A crashed replica does less harm: its callers get an error
at once, and call another replica.

The heartbeats of the limping replica come in time, so they do not show the failure. Its callers notice it, because they
compare the latencies of the replicas. A replica that is slow for three seconds is ejected for a while. (A short pause
is no limp.) The other replicas get its calls.

Until the ejection, all calls that meet the limping replica are slow. If all replicas are slow at once, there is no
outlier. A comparison finds one node that differs. It cannot find a common cause.`,
  transfer: {
    question: 'One of 200 replicas limps. Does the 99th percentile of the calls show it? Does a page with 100 calls?',
    answer:
      'Only 0.5% of the calls meet it, so the 99th percentile does not show it. But a page with 100 calls meets ' +
      'it with 1 - .995^100 = 39%.',
  },
});

const p99 = (times: readonly number[]): string => digits(quantileInterval(times, 0.99).value);

function points(without: CallTimes, withEjection: CallTimes): readonly Point[] {
  const mean = meanInterval(without.before, shownConfidence);
  const quantile = (id: string, times: readonly number[]): Point => {
    const { value, ...interval } = quantileInterval(times, 0.99);
    return { id, measured: value, n: times.length, interval };
  };
  return [
    { id: 'mean', measured: mean.mean, n: without.before.length, interval: mean },
    quantile('without', without.before),
    quantile('before', withEjection.before),
    quantile('after', withEjection.after),
  ];
}

function checksOf(what: string, without: CallTimes, withEjection: CallTimes): readonly Check[] {
  const healthy = quantileInterval(without.healthy, 0.99).value;
  const ratio = (label: string, times: readonly number[], holds: (value: number) => boolean): Check => {
    if (times.length < 30) return unknown(label, `only ${times.length} answers`, 'run the lab again');
    const value = quantileInterval(times, 0.99).value / healthy;
    return check(label, holds(value), `p99 is ${digits(value)} times that of healthy replicas`);
  };
  return [
    ratio(
      `${what}without ejection, p99 is at least ${worse} times that of the healthy replicas`,
      without.before,
      (value) => value >= worse,
    ),
    check(
      `${what}the callers eject the limping replica`,
      withEjection.ejectedAfterMs !== undefined,
      withEjection.ejectedAfterMs === undefined
        ? 'they eject none'
        : `after ${digits(withEjection.ejectedAfterMs / 1_000)} s`,
    ),
    ratio(
      `${what}after ejection, p99 is at most ${asGood} times that of the healthy replicas`,
      withEjection.after,
      (value) => value <= asGood,
    ),
  ];
}

const told = (fault: string, { before, after, ejectedAfterMs }: CallTimes): string[] => [
  `${fault}: p99 ${p99(before)} ms before the ejection, ${p99(after)} ms after it`,
  ...(ejectedAfterMs === undefined
    ? []
    : [`${fault}: ejected ${digits(ejectedAfterMs / 1_000)} s after ejection was switched on`]),
];
