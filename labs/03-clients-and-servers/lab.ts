import { check, measuredShare, within } from '../kit/checks.ts';
import { lab, type Check, type FaultProof, type Parameters, type Point } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';
import { meanInterval, shownConfidence } from '../statistics/interval.ts';
import { architectures, crashCalls, type Architecture, type MeasuredArchitecture } from './architectures.ts';
import { liveArchitecture } from './live.ts';
import { modelledArchitecture } from './model.ts';

type All = Readonly<Record<Architecture['id'], MeasuredArchitecture>>;

/** One server, many servers, and one service across many servers: how many calls, and how many after a crash. */
export const clientsAndServers = lab({
  id: '03',
  name: 'clients-and-servers',
  topic: 'clients and servers',
  question: 'One server is too slow, so you buy three more. How much faster is it, and what happens when one crashes?',
  seconds: 75,
  cores: 2,
  failuresExpected: true,
  parameters: { s: { unit: 'ms', values: [20, 25, 16] } },
  formula:
    'one server with one worker answers at most 1 / s; n servers answer n / s; a crash takes its part of the data',
  assumptions: [
    'each server has one worker, and each call needs it for s',
    'the calls spread evenly over the servers',
    'a copy of the data has all that is needed to answer',
  ],
  quantities: ({ s }) => [
    ...architectures.map(({ id, label, servers }) => ({
      id: `rate-${id}`,
      label: `answers per second: ${label}`,
      unit: '/s' as const,
      theory: (1_000 * servers) / s!,
    })),
    ...architectures.map((each) => ({
      id: `lost-${each.id}`,
      label: `lost after a crash: ${each.label}`,
      unit: '%' as const,
      theory: lostShare(each),
    })),
  ],
  async virtual({ s }, seed, variant) {
    const measured: Partial<Record<Architecture['id'], MeasuredArchitecture>> = {};
    if (variant !== 'do-nothing')
      for (const each of architectures)
        measured[each.id] = await modelledArchitecture({
          seed: `${seed}/${each.id}`,
          architecture: each,
          serviceMs: s!,
          variant,
        });
    return judged({ s: s! }, measured);
  },
  async live({ s }, context) {
    const measured: Partial<Record<Architecture['id'], MeasuredArchitecture>> = {};
    const faults: FaultProof[] = [];
    const failures: Check[] = [];
    for (const each of architectures) {
      const run = await liveArchitecture(each, s!, context);
      measured[each.id] = run.measured;
      faults.push(run.fault);
      failures.push(...run.failures);
    }
    const findings = judged({ s: s! }, measured);
    return { ...findings, checks: [...findings.checks, ...failures], faults };
  },
  variants: {
    broken: 'the middle server asks no other server after a failure',
    control: 'most calls are for the pages of one server, so the calls do not spread evenly',
  },
  hints: [
    'A server with one worker is like a shop with one till. How many customers can pay in a second? And who can ' +
      'still pay when the till is broken?',
    'One server: 1 / s. Four servers that share the calls evenly: 4 / s. After a crash, ask who else has the data: ' +
      'nobody, nobody for a quarter of it, or a copy.',
    'Three tills with 30 s per customer: 3 x 2 = 6 customers a minute. If each till sells its own goods, a broken ' +
      'one costs a third of the customers. If two tills sell the same goods, it costs none, only a longer queue.',
  ],
  explanation: ({ s }) =>
    `One worker that is busy for ${s!} ms per call answers ${digits(1_000 / s!)} calls per second, however many
clients ask: it is the bottleneck. And it is a single point of failure: when it crashes, everything is lost.

Four servers with a quarter of the data each answer nearly four times as many calls, because each client asks the server
that has its page. No other server is in between. But only one server has each page. So a crash takes a quarter of the
answers, while the other three quarters do not notice.

A service across servers has the same four servers, and two of them hold the same half of the data. A middle server
invokes them. It answers as many calls, and after a crash it asks the other copy: nothing is lost. That has a price.
With two copies of everything, four servers hold only half as much data. Each call has one hop more. And the middle
server is now the single point of failure.

In the negative control most calls are for the pages of one server. Then three servers wait while one is too busy: four
servers are little better than one.`,
  transfer: {
    question:
      'You have six servers with s = 10 ms, three parts of the data with two copies each, and one crashes. How many ' +
      'calls per second can the service answer before and after the crash, if the calls spread evenly over the parts?',
    answer:
      'Before: 6 / s = 600/s. After: the part of the crashed server has one copy, which answers 100/s, and each part ' +
      'gets a third of the calls. So the service answers 300/s: half, although only a sixth of the servers is gone.',
  },
});

/** Without another copy, the part of the crashed server is lost. */
const lostShare = ({ parts, copies }: Architecture): number => (copies > 1 ? 0 : 1 / parts);

/** Four servers are nearly four times as fast: chance fills their queues unevenly. */
const ratioBounds = { low: 3.4, high: 4.2 };

function judged({ s }: Parameters, measured: Partial<All>) {
  const points: Point[] = [];
  const checks: Check[] = [];
  const rates = new Map<string, number>();
  for (const each of architectures) {
    const found = measured[each.id];
    if (found === undefined) continue;
    const interval = meanInterval(found.perSecond, shownConfidence);
    rates.set(each.id, interval.mean);
    points.push({ id: `rate-${each.id}`, measured: interval.mean, n: found.answered, interval });
    const lost = measuredShare(`lost-${each.id}`, found.lost, crashCalls);
    points.push(lost.point);
    if (each.servers === 1) checks.push(within(`${each.label}: 1 / s`, interval.mean, 1_000 / s!, 0.1, found.answered));
    else {
      const ratio = interval.mean / rates.get('single')!;
      checks.push(
        check(
          `${each.label}: ${ratioBounds.low} to ${ratioBounds.high} times one server`,
          ratio >= ratioBounds.low && ratio <= ratioBounds.high,
          `${digits(ratio)} times`,
        ),
      );
    }
    checks.push(lost.isTheory(`${each.label}: the crash takes ${100 * lostShare(each)}%`, lostShare(each), 1));
  }
  const timeline = Object.values(measured).flatMap(({ timeline: lines }) => lines);
  return { points, checks, timeline };
}
