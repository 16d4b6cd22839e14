import { check, exactly, nothing, unknown } from '../kit/checks.ts';
import { lab, type Check } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';
import { liveLoads } from './live.ts';
import { type OfferedLoad, type BalancedRun, runBalanced, secondMs, slowMs, usualMs } from './model.ts';

/** The slow half is a multiple of `slowMs`: a queue at the slow back end is served whole or not at all. */
const runMs = 8_000;
const usualLoad = { perSecond: 500, forMs: runMs };
const balancers = ['round_robin', 'least_outstanding', 'peak_ewma'] as const;
/** How far a share may be from the theory, and a live share from the virtual one. */
const tolerance = 0.003;

const roundRobin = (n: number): number => 1 - 1 / (2 * n);
const leastLoaded = (n: number): number => 1 - usualMs / (2 * ((n - 1) * slowMs + usualMs));

/** One of n back ends is slow: which balancer notices? The balancers are those of the system. */
export const loadBalancing = lab({
  id: '15',
  name: 'load-balancing',
  topic: 'load balancing',
  question: 'One of 11 servers is slow for half of the time. How many calls does a balancer save from it?',
  seconds: 35,
  cores: 2,
  parameters: { n: { unit: 'count', values: [11, 9, 13] } },
  formula: 'round robin: 1 - 1/(2n); least loaded: 1 - l / (2 ((n - 1) L + l)), with l = 167 ms and L = 2,000 ms',
  assumptions: [
    'one back end is slow, for half of the run',
    'each back end has many calls under way, so that queues of equal length exist',
    'a slow back end answers correctly: it does not refuse',
  ],
  quantities: ({ n }) => [
    { id: 'round_robin', label: 'answered within 1 s, round robin', unit: '%', theory: roundRobin(n!) },
    { id: 'least_outstanding', label: 'answered within 1 s, least loaded', unit: '%', theory: leastLoaded(n!) },
  ],
  async virtual({ n }, seed, variant) {
    if (variant === 'do-nothing') return nothing;
    // Broken: the balancer draws a back end and ignores its load. Control: one call in 50 ms, so queues are empty.
    const least = variant === 'broken' ? 'random' : 'least_outstanding';
    const load = variant === 'control' ? { perSecond: 20, forMs: 10 * runMs } : usualLoad;
    const robin = await runBalanced({ by: 'round_robin', n: n!, seed, ...load });
    const leastRun = await runBalanced({ by: least, n: n!, seed, ...load });
    const peak = await runBalanced({ by: 'peak_ewma', n: n!, seed, ...load });
    return {
      points: [
        exactly('round_robin', robin.fast / robin.calls, robin.calls),
        exactly('least_outstanding', leastRun.fast / leastRun.calls, leastRun.calls),
      ],
      checks: [
        near('round robin: 1 - 1/(2n)', robin, roundRobin(n!)),
        near('least loaded: 1 - l / (2 ((n - 1) L + l))', leastRun, leastLoaded(n!)),
        better('peak EWMA is better than least loaded', peak, leastRun),
      ],
      timeline: ['calls to the slow back end, per second:', ...[robin, leastRun, peak].map(slowLine)],
    };
  },
  async live({ n }, context) {
    const { seed } = context;
    const loads = balancers.map((by): OfferedLoad => ({ by, ...usualLoad }));
    const [robin, least, peak] = (await liveLoads(n!, loads, context)) as readonly [
      BalancedRun,
      BalancedRun,
      BalancedRun,
    ];
    const modelled = await loadBalancing.virtual!({ n: n! }, seed, 'correct');
    const virtualShare = (by: string): number => modelled.points.find(({ id }) => id === by)!.measured;
    const failed = robin.failed + least.failed + peak.failed;
    return {
      points: [
        exactly('round_robin', robin.fast / robin.calls, robin.calls),
        exactly('least_outstanding', least.fast / least.calls, least.calls),
      ],
      checks: [
        near('live: round robin serves the share of the virtual run', robin, virtualShare(robin.by)),
        near('live: least loaded serves the share of the virtual run', least, virtualShare(least.by)),
        better('live: peak EWMA is better than least loaded', peak, least),
        ...(failed === 0 ? [] : [unknown('live: every call is answered', `${failed} failed`, 'run the lab again')]),
        ...modelled.checks,
      ],
      timeline: [
        `live: calls to the slow one of ${n!} processes, per second:`,
        ...[robin, least, peak].map(slowLine),
        'virtual:',
        ...modelled.timeline,
      ],
    };
  },
  variants: {
    broken: 'the least-loaded balancer draws a back end and ignores its load',
    control: 'only 20 calls per second, so most back ends have none under way, and their loads are equal',
  },
  hints: [
    'Follow the calls that meet the slow back end. Round robin sends it as many as before. When does a ' +
      'least-loaded balancer send it the next one?',
    'Least loaded keeps the same number k of calls under way at each back end. The slow one then finishes k / L ' +
      'calls per second, and each of the n - 1 others k / l. Its share of the calls is (1/L) / (1/L + (n - 1)/l), ' +
      'in half of the run.',
    'Three cashiers need 1 minute per customer, a fourth needs 6. With queues of equal length the slow one serves ' +
      '(1/6) / (1/6 + 3) = 5% of the customers; turn by turn it would be 25%.',
  ],
  explanation: ({ n }) =>
    `Round robin looks at nothing. So the slow back end gets 1/${n} of the calls, and is slow for half of the run:
${digits(100 * roundRobin(n!))}% are answered within a second.

Least loaded counts the calls under way. A slow back end has a full queue, so it gets a new call only when it has
finished one. The queue itself is the signal. That is why ${digits(100 * leastLoaded(n!))}% are fast.

Peak EWMA also remembers how long answers took. It cannot know before the first slow answer arrives,
${slowMs / secondMs} s after the fault. Until then it fills the slow queue once, as least loaded does. Afterwards it
hardly refills it.

With few calls there are no queues. In the negative control most servers have no call under way, so chance decides, and
least loaded loses much of its advantage.`,
  transfer: {
    question: 'A broken server refuses each call at once. Which balancer sends it the most calls?',
    answer:
      'Least loaded: the broken server never has a call under way, so it always looks free, and gets nearly ' +
      'all calls. Balancing by load needs outlier ejection beside it.',
  },
});

const slowLine = ({ by, toSlow }: BalancedRun): string => `  ${by.padEnd(18)} ${toSlow.join(' ')}`;

const better = (label: string, one: BalancedRun, other: BalancedRun): Check =>
  check(
    label,
    one.fast / one.calls > other.fast / other.calls,
    `${digits((100 * one.fast) / one.calls)}% and ${digits((100 * other.fast) / other.calls)}%`,
  );

function near(label: string, { fast, calls }: BalancedRun, theory: number): Check {
  if (calls === 0) return unknown(label, 'there is no sample', 'run the lab again');
  const shown = (share: number): string => `${digits(100 * share)}%`;
  const share = fast / calls;
  return check(
    label,
    Math.abs(share - theory) <= tolerance,
    `${shown(share)} for ${shown(theory)}; at most ${shown(tolerance)} apart`,
  );
}
