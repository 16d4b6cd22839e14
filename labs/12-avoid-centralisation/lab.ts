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
    'the searches per second are at most 1 / (f S), however many servers there are; without the centre f of them fail',
  assumptions: [
    'a share f of the searches needs the central table, and each look takes S',
    'one node keeps the table, and it does one look at a time',
    'everything else is fast enough: nobody waits for another part',
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
    broken: 'the servers do not ask the centre: each remembers the table',
    control: 'a second node has a copy of the table, and the searches ask both in turn',
  },
  hints: [
    'Forget the servers. How many looks per second can the table answer? And how many searches does one look serve?',
    'The table answers 1 / S looks per second, and only a share f of the searches needs one: 1 / (f S) searches. ' +
      'Without the table, this share f has no answer.',
    'A library has many reading rooms and one catalogue, and a look into it takes 30 s. If every fourth reader needs ' +
      'it, at most 2 x 4 = 8 readers a minute are served. If it is closed, a quarter of the readers leaves.',
  ],
  explanation: ({ S }) =>
    `The table answers one look in ${S!} ms, so it answers ${1_000 / S!} looks per second. More servers cannot change
that: they only wait in a longer queue. With f = .1 one look serves ten searches, so the ceiling is ten times higher.
But it is still a ceiling. What works for 20 servers fails for 200.

The centre is also a single point of failure: without it, the searches that need it fail. The share f makes this look
harmless. But if a page needs ten searches, 65% of the pages fail at f = .1, because one failed search is enough (lab
08).

The search engine needs these statistics: how rare each word is in all shards. It has no centre for them. Each caller
remembers what the shards said last, sends it along, and each shard says what is true now. An outdated value costs a
second round, not a failure. That is what avoiding a central table often means: everybody has an old copy, and a way to
notice that it is old.`,
  transfer: {
    question:
      'A login server needs 4 ms for each check, and every fifth request of a site needs a check. How many requests ' +
      'per second can the site serve, and what would a signed ticket change that is valid for an hour?',
    answer:
      '1 / (.2 x .004 s) = 1,250 requests per second. With tickets, only the first request of a user in each hour ' +
      'needs the server: f becomes tiny, and users with a ticket do not notice that the login server is down.',
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
