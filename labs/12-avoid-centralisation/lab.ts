import { measuredShare, within } from '../kit/checks.ts';
import { lab, type Check, type FaultProof, type Parameters, type Point } from '../runner/lab.ts';
import { meanInterval, shownConfidence } from '../statistics/interval.ts';
import { liveCentre } from './live.ts';
import { modelledCentre } from './model.ts';
import { deadShares, searchesWithoutCentre, shares, type MeasuredCentre } from './shares.ts';

/** Many servers that need one table: how many searches per second, and how many when the table is gone. */
export const avoidCentralisation = lab({
  id: '12',
  name: 'avoid-centralisation',
  topic: 'avoid centralisation',
  question: 'Your servers share one table, and only every tenth search looks into it. How much does this table cost?',
  seconds: 55,
  cores: 2,
  failuresExpected: true,
  parameters: { S: { unit: 'ms', values: [50, 60, 75] } },
  formula:
    'the searches per second are at most 1 / (f S), with any number of servers; without the centre, a share f fails',
  assumptions: [
    'a share f of the searches needs the table, and each look into it takes S',
    'one node has the table, and does one look at a time',
    'all other parts are fast enough',
  ],
  axes: { x: 'share f of the searches that need the table', y: 'searches per second', logX: true },
  quantities: ({ S }) => [
    ...shares.map((f) => ({
      id: `ceiling-${f}`,
      label: `searches per second at f = ${f}`,
      unit: '/s' as const,
      theory: 1_000 / (f * S!),
      x: f,
    })),
    ...deadShares.map((f) => ({
      id: `failed-${f}`,
      label: `searches that fail without the centre, f = ${f}`,
      unit: '%' as const,
      theory: f,
    })),
  ],
  async virtual({ S }, seed, variant) {
    if (variant === 'do-nothing') return judged({ S: S! }, { ceilings: [], failed: [], timeline: [] });
    return judged({ S: S! }, await modelledCentre({ seed, serviceMs: S!, variant }));
  },
  async live({ S }, context) {
    const { measured, fault, failures } = await liveCentre(S!, context);
    const findings = judged({ S: S! }, measured);
    const faults: readonly FaultProof[] = [fault];
    return { ...findings, checks: [...findings.checks, ...failures], faults };
  },
  variants: {
    broken: 'the servers do not ask the centre: each server remembers the table',
    control: 'a second node has a copy of the table, and the searches ask both nodes in turn',
  },
  hints: [
    'Do not think of the servers. How many looks per second can the table answer? How many searches does one look ' +
      'serve?',
    'The table answers 1 / S looks per second. Only a share f of the searches needs a look: 1 / (f S) searches. ' +
      'Without the table, this share f of the searches has no answer.',
    'A library has one catalogue, and a look into it takes 30 s. Every fourth reader needs the catalogue. So at most ' +
      '2 x 4 = 8 readers a minute are served. If the catalogue is closed, a quarter of the readers leaves.',
  ],
  explanation: ({ S }) =>
    `The table needs ${S!} ms for a look, so it answers ${1_000 / S!} looks per second. More servers do not change this:
they only make the queue longer. With f = .1, ten searches need one look. So ten times as many searches are possible.
But there is still a limit. What works for 20 servers fails for 200.

The centre is also a single point of failure: without it, the searches that need it fail. A small f seems harmless. But
suppose a page needs ten searches. At f = .1, 65% of these pages fail, because one failed search is enough (see lab 08).

The search engine needs these statistics: how rare is each word in all shards? But it has no centre. Each caller keeps
the last statistics of the shards, and sends them with its call. Each shard says whether they are still right. If they
are not, the caller asks a second time, but the search does not fail. This is often the way to avoid a central table:
each caller has a copy, which may be old, and notices when it is old.`,
  transfer: {
    question:
      'A login server needs 4 ms for each check. Every fifth request of a site needs a check. How many requests per ' +
      'second can the site serve? What changes if the server gives users a signed ticket for an hour?',
    answer:
      '1 / (.2 x .004 s) = 1,250 requests per second. With tickets, only the first request of a user in each hour ' +
      'needs the login server. So f becomes very small. Users with a ticket do not notice a crash of the login server.',
  },
});

function judged({ S }: Parameters, { ceilings, failed, timeline }: MeasuredCentre) {
  const points: Point[] = [];
  const checks: Check[] = [];
  for (const { f, perSecond, answered } of ceilings) {
    const interval = meanInterval(perSecond, shownConfidence);
    points.push({ id: `ceiling-${f}`, measured: interval.mean, n: answered, interval });
    checks.push(within(`at f = ${f} at most 1 / (f S)`, interval.mean, 1_000 / (f * S!), 0.1, answered));
  }
  for (const { f, count } of failed) {
    const share = measuredShare(`failed-${f}`, count, searchesWithoutCentre);
    points.push(share.point);
    checks.push(share.isTheory(`without the centre, f = ${f} of the searches fails`, f, deadShares.length));
  }
  return { points, checks, timeline };
}
