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
  question: 'One server is too slow, so you buy three more. How much faster are they? What happens when one crashes?',
  seconds: 75,
  cores: 2,
  failuresExpected: true,
  parameters: { s: { unit: 'ms', values: [20, 25, 16] } },
  formula:
    'one server with one worker answers at most 1 / s; n servers answer n / s; a crash takes away one part of the data',
  assumptions: [
    'each server has one worker, and each call needs this worker for the time s',
    'the calls spread evenly over the servers',
    'a copy has all the data that an answer needs',
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
    'A server with one worker is like a shop with one cash desk. How many customers can pay in a second? How many ' +
      'can still pay when the cash desk is broken?',
    'One server answers 1 / s. Four servers that share the calls evenly answer 4 / s. After a crash, ask which other ' +
      'server has the data of the crashed one.',
    'Three cash desks need 30 s per customer: 3 x 2 = 6 customers a minute. If each desk sells other goods and ' +
      'one desk breaks, a third of the customers cannot pay. If two desks sell the same goods, all customers can ' +
      'pay, but the queue is longer.',
  ],
  explanation: ({ s }) =>
    `One worker that needs ${s!} ms per call answers ${digits(1_000 / s!)} calls per second, even if more clients ask.
It is the bottleneck. It is also a single point of failure: when it crashes, all calls are lost.

Four servers with a quarter of the data each answer nearly four times as many calls. Each client calls the server that
has its page. But each page is on only one server. So a crash takes away a quarter of the answers. The other three
quarters stay.

A service across servers has four servers, too. Each half of the data is on two of them. A middle server calls them. The
service answers nearly as many calls. After a crash, the middle server calls the other copy, and no call is lost. This
has a price. Four servers hold only half as much data. Each call has one hop more. The middle server is now the single
point of failure.

All this holds only if the calls spread evenly. If most calls are for the pages of one server, three servers wait while
one is too busy. Then four servers are little better than one.`,
  transfer: {
    question:
      'You have six servers with s = 10 ms: three parts of the data, with two copies each. The calls spread evenly ' +
      'over the parts. One server crashes. How many calls per second can the service answer before the crash, and ' +
      'after it?',
    answer:
      'Before: 6 / s = 600/s. After: one part has only one copy, which answers 100/s. This part gets a third of the ' +
      'calls. So the service answers 300/s: half as many, although only one of six servers is gone.',
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
