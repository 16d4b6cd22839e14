import { check, exactly, nothing, measuredShare, unknown } from '../kit/checks.ts';
import { lab, type Check, type Point } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';
import { liveLimits } from './live-limits.ts';
import { liveTimeouts, topology } from './live.ts';
import {
  deadlineMs,
  goodput,
  limitFor,
  limitPolicies,
  limits,
  offered,
  slowerAt,
  timeouts,
  workers,
  type BeforeAndAfter,
  type LimitBy,
  type Share,
} from './model.ts';

/** The time-out that somebody chose is this many times the service time. */
const timeoutMargin = 1.3;
const timeoutFor = (S: number): number => Math.round(timeoutMargin * S);
/** Below `failed`, the fixed number has failed. From `held` on, the measuring rule has held. */
const failed = 0.5;
const held = 0.9;

/** A number that was chosen once, against a rule that measures. */
export const selfTuning = lab({
  id: '28',
  name: 'self-tuning',
  topic: 'self-tuning',
  question: 'Your settings fit well. One night the service becomes slower. What do the same settings do now?',
  seconds: 90,
  cores: 2,
  failuresExpected: true,
  parameters: {
    S: { unit: 'ms', values: [200, 160, 180] },
    factor: { unit: 'none', values: [2, 3, 4] },
  },
  formula:
    'with a fixed time-out t, every call fails when factor x S > t; ' +
    'with a fixed limit L, every answer is late when L x factor x S / workers > deadline',
  assumptions: [
    'all calls take equally long',
    `the server with the limit always gets ${offered} times as many calls as it can answer before the change`,
    'the server finishes each call that it has begun, even if the user has left at the deadline',
  ],
  quantities: () => [
    { id: 'fixed timeout', label: 'answered after the change, with the fixed time-out', unit: '%', theory: 0 },
    { id: 'own timeout', label: 'answered after the change, with the measured time-out', unit: '%', theory: 1 },
    { id: 'fixed limit', label: 'capacity used after the change, with the fixed limit', unit: '%', theory: 0 },
    { id: 'own limit', label: 'capacity used after the change, with the measured waiting', unit: '%', theory: 1 },
  ],
  async virtual({ S, factor }, seed, variant) {
    if (variant === 'do-nothing') return nothing;
    // Control: the service does not become slower, so that fixed numbers go on fitting.
    const step = { seed, S: S!, factor: variant === 'control' ? 1 : factor! };
    const fixedTimeout = { fixedMs: timeoutFor(S!) };
    const policies = limitPolicies(S!);
    // Broken: what should measure has a fixed number, too.
    const broken = variant === 'broken';
    const clients = {
      fixed: await timeouts(step, fixedTimeout),
      own: await timeouts(step, broken ? fixedTimeout : true),
    };
    const servers = {
      fixed: await limits(step, policies.fixed),
      own: await limits(step, broken ? policies.fixed : policies.own),
      misSet: await limits(step, policies.misSet),
    };
    const slow = factor! * S!;
    return {
      points: pointsOf(clients, servers, slow),
      checks: [...timeoutChecks('virtual', clients.fixed, clients.own), ...limitChecks('virtual', S!, slow, servers)],
      timeline: [
        `The service time goes from ${S!} ms to ${slow} ms after ${slowerAt} s.`,
        ...(['fixed', 'own'] as const).flatMap((by) => [
          `time-out, ${inWords[by]}:`,
          ...clients[by].timeline.map((line) => `  ${line}`),
          `limit, ${inWords[by]}:`,
          ...servers[by].timeline.map((line) => `  ${line}`),
        ]),
        'limit, preset mis-set:',
        ...servers.misSet.timeline.map((line) => `  ${line}`),
      ],
    };
  },
  async live({ S, factor }, context) {
    const slow = factor! * S!;
    const step = { S: S!, factor: factor! };
    const cluster = await context.cluster(topology(Object.keys(limitPolicies(S!)).length));
    const clients = await liveTimeouts({ ...step, timeoutMs: timeoutFor(S!) }, cluster, context);
    const servers = await liveLimits(step, cluster, context);
    return {
      points: pointsOf(clients, servers, slow),
      checks: [...timeoutChecks('live', clients.fixed, clients.own), ...limitChecks('live', S!, slow, servers)],
      timeline: [
        `The service time goes from ${S!} ms to ${slow} ms.`,
        ...(['before', 'after'] as const).flatMap((phase) => [
          `${phase} the change:`,
          ...(['fixed', 'own'] as const).map((by) => `  time-out, ${inWords[by]}: ${inTime(clients[by][phase])}`),
          ...(['fixed', 'own', 'misSet'] as const).map(
            (by) => `  limit, ${inWords[by]}: ${inTime(servers[by][phase])}`,
          ),
        ]),
      ],
    };
  },
  variants: {
    broken: 'the rules that should measure use the fixed numbers, too',
    control: 'the service does not become slower, so the fixed numbers still fit',
  },
  hints: [
    'A fixed time-out and a fixed limit fit only one duration of a call. What do they do when a call takes longer?',
    'Compare the fixed time-out with factor x S. With the fixed limit, each call waits for the calls before it: ' +
      'L x factor x S / workers. Compare this time with the deadline.',
    'Customers of a shop leave after 60 minutes, and each needs 1 minute at the cash desk. So the shop lets in at ' +
      'most 40 people. Then the cash desk becomes slow, and each customer needs 2 minutes. The last one would need ' +
      '80 minutes, and leaves after 60. The shop is full, and hardly anybody buys.',
  ],
  explanation: ({ S, factor }) =>
    `Both fixed numbers were right for ${S!} ms. The time-out was ${timeoutFor(S!)} ms. Now a call takes ${factor! * S!}
ms, so the time-out ends every attempt, although its answer would come a moment later. The limit was ${limitFor(S!)}
calls, so the last call waited for ${digits((limitFor(S!) * S!) / workers / 1_000)} s. The deadline is
${deadlineMs / 1_000} s. Now the last call waits for ${digits((limitFor(S!) * factor! * S!) / workers / 1_000)} s. The
server is as busy as before, but its users have left before their answers come. The preset \`mis-set\` lets 1,000 calls
wait, so hardly any answer is in time.

The rules that measure fit a fast and a slow service. The time-out is three times the 99.9th percentile of the recent
attempts. If the time-out ends an attempt, the attempt counts with the time until then. So the time-out grows until
answers come again.
The server refuses calls while calls wait too long for their turn. So a slow server lets fewer calls wait, and answers
them in time. It uses all of its capacity, and refuses the other calls at once.

People still choose some numbers: how long may a call wait? How many times the usual latency is too long? But these
numbers do not depend on the speed of the service.`,
  transfer: {
    question:
      'A pool has 20 connections. They were enough when there were 1,000 queries per second, of 10 ms each. Which ' +
      'rule would you use instead of the number 20?',
    answer:
      'By Little’s law, 1,000/s x .01 s = 10 connections were busy. If a query takes 30 ms, 30 connections are ' +
      'needed, so the queue for the 20 grows without a limit. Measure how long queries wait for a connection. While ' +
      'they wait long, open more connections. If the database itself is too slow, refuse queries.',
  },
});

const inWords = { fixed: 'fixed', own: 'measured', misSet: 'preset mis-set' } as const;

const inTime = ({ sent, good }: Share): string => `${sent} calls were sent, and ${good} were answered in time`;

type Compared = Readonly<Record<'fixed' | 'own', Pick<BeforeAndAfter, 'after'>>>;

const pointsOf = (clients: Compared, servers: Compared, slow: number): readonly Point[] => [
  answered('fixed timeout', clients.fixed),
  answered('own timeout', clients.own),
  used('fixed limit', servers.fixed, slow),
  used('own limit', servers.own, slow),
];

const answered = (id: string, { after }: Pick<BeforeAndAfter, 'after'>): Point =>
  measuredShare(id, after.good, after.sent).point;

const used = (id: string, { after }: Pick<BeforeAndAfter, 'after'>, S: number): Point =>
  exactly(id, goodput(after, S), after.sent);

function timeoutChecks(form: string, fixed: BeforeAndAfter, own: BeforeAndAfter): readonly Check[] {
  return [
    share(`${form}: before, the fixed time-out fits`, fixed.before, (value) => value >= held),
    share(
      `${form}: after, the fixed time-out ends more than half of the calls`,
      fixed.after,
      (value) => value < failed,
    ),
    share(`${form}: after, the measured time-out lets 90% be answered`, own.after, (value) => value >= held),
  ];
}

function limitChecks(
  form: string,
  S: number,
  slow: number,
  { fixed, own, misSet }: Readonly<Record<LimitBy, BeforeAndAfter>>,
): readonly Check[] {
  const part = (label: string, value: number, holds: (value: number) => boolean): Check =>
    check(`${form}: ${label}`, holds(value), `${digits(100 * value)}% of the capacity`);
  return [
    part(`before, the fixed limit of ${limitFor(S)} calls fits`, goodput(fixed.before, S), (value) => value >= held),
    part(
      'after, the fixed limit uses less than half of the capacity',
      goodput(fixed.after, slow),
      (value) => value < failed,
    ),
    part('after, the measured waiting uses 90% of it', goodput(own.after, slow), (value) => value >= held),
    part('after, the preset mis-set uses less than half of it', goodput(misSet.after, slow), (value) => value < failed),
  ];
}

function share(label: string, { sent, good }: Share, holds: (value: number) => boolean): Check {
  if (sent === 0) return unknown(label, 'no call was sent', 'run the lab again');
  return check(label, holds(good / sent), `${good} of ${sent} answered`);
}
