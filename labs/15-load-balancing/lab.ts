import { check, exactly, nothing, unknown } from '../kit/checks.ts';
import { lab, type Check } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';
import { liveLoads } from './live.ts';
import { type OfferedLoad, type BalancedRun, runBalanced, secondMs, slowMs, usualMs } from './model.ts';

/**
 * With least loaded, the slow server gets a new call only when it has finished one. So it gets its calls in groups, one
 * group every `slowMs`. The slow half of the run lasts for a multiple of `slowMs`, so only whole groups are slow.
 */
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
  question: 'One of 11 servers is slow for half of the time. How many calls does a balancer keep away from it?',
  seconds: 35,
  cores: 2,
  parameters: { n: { unit: 'count', values: [11, 9, 13] } },
  formula: 'round robin: 1 - 1/(2n); least loaded: 1 - h / (2 ((n - 1) L + h)), with h = 167 ms and L = 2,000 ms',
  assumptions: [
    'one server is slow for half of the run, and still answers',
    'each server has many calls at the same time, so the queues are equally long',
    'the slow server refuses no call',
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
        near('least loaded: 1 - h / (2 ((n - 1) L + h))', leastRun, leastLoaded(n!)),
        better('peak EWMA is better than least loaded', peak, leastRun),
      ],
      timeline: ['calls to the slow server, per second:', ...[robin, leastRun, peak].map(slowLine)],
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
        near('live: round robin has the same share as in the virtual run', robin, virtualShare(robin.by)),
        near('live: least loaded has the same share as in the virtual run', least, virtualShare(least.by)),
        better('live: peak EWMA is better than least loaded', peak, least),
        ...(failed === 0 ? [] : [unknown('live: every call is answered', `${failed} failed`, 'run the lab again')]),
        ...modelled.checks,
      ],
      timeline: [
        `live: calls to the slow server, one of ${n!} processes, per second:`,
        ...[robin, least, peak].map(slowLine),
        'virtual:',
        ...modelled.timeline,
      ],
    };
  },
  variants: {
    broken: 'the least-loaded balancer draws a server, and ignores its load',
    control: 'only 20 calls per second: most servers have no call, so their loads are equal',
  },
  hints: [
    'Look at the calls to the slow server. Round robin sends it as many calls as before. When does a least-loaded ' +
      'balancer send it the next call?',
    'With least loaded, each server has the same number k of calls. The slow server then finishes k / L calls per ' +
      'second, and each of the n - 1 others finishes k / h. So in half of the run, the slow server gets the share ' +
      '(1/L) / (1/L + (n - 1)/h) of the calls.',
    'Three cashiers need 1 minute per customer, and a fourth needs 6 minutes. If all queues are equally long, the ' +
      'slow cashier serves (1/6) / (1/6 + 3) = 5% of the customers. If customers take turns, she gets 25%.',
  ],
  explanation: ({ n }) =>
    `Round robin uses no information. So the slow server gets 1/${n} of the calls, and it is slow for half of the run:
${digits(100 * roundRobin(n!))}% of all calls are answered within a second.

Least loaded counts the calls at each server. Calls stay longer at the slow server, so its count is high. It gets a new
call only when it has finished one. So ${digits(100 * leastLoaded(n!))}% of all calls are fast.

Peak EWMA also remembers how long answers took. The first slow answer comes ${slowMs / secondMs} s after the fault.
Until then, peak EWMA sends the slow server as many calls as least loaded does. Afterwards it sends hardly any.

With few calls, there are no queues. Most servers have no call, so chance decides. Then least loaded loses much of
its advantage.`,
  transfer: {
    question: 'A broken server refuses each call at once. Which rule sends it the most calls?',
    answer:
      'Least loaded. The broken server never has a call, so it always looks free, and gets most calls. Therefore you ' +
      'also need outlier ejection: callers leave out a server that fails.',
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
