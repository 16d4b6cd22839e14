import { seededRandom } from '../../shared/time/random.ts';
import { meanOf, nothing, measuredShare } from '../kit/checks.ts';
import { digits } from '../runner/units.ts';
import { lab, type Check, type Point, type Variant } from '../runner/lab.ts';
import { liveDown, liveServers } from './live.ts';

const servers = 4;
const counted = 1_000_000;
/** Importance sampling: trials are drawn with this probability of failure, and each counts by its likelihood ratio. */
const tilted = 0.5;
const weighed = 100_000;
const commonShare = 0.1;
const checks = 3;

/** Redundant hardware: all of n fail together only if they fail independently. */
export const redundancy = lab({
  id: '20',
  name: 'redundancy',
  topic: 'redundancy',
  question: 'One server is down for 5% of the time. How often are all four of them down?',
  seconds: 10,
  cores: 2,
  failuresExpected: true,
  parameters: { often: { unit: '%', values: [0.2, 0.25, 0.3] }, rare: { unit: '%', values: [0.05, 0.04, 0.06] } },
  formula:
    'P(all n down) = p^n; with a common cause in a share c of the failures: c p + (1 - c p) ((1 - c) p / (1 - c p))^n',
  assumptions: ['the servers fail independently of each other', 'each is down with the same probability p'],
  quantities: ({ often, rare }) => [
    { id: 'counted', label: `all four down, each ${100 * often!}%`, unit: '%', theory: often! ** servers },
    { id: 'rare', label: `all four down, each ${100 * rare!}%`, unit: '%', theory: rare! ** servers },
    {
      id: 'common',
      label: `all four down, each ${100 * rare!}%, a tenth of the failures with a common cause`,
      unit: '%',
      theory: withCommonCause(rare!),
    },
  ],
  virtual({ often, rare }, seed, variant) {
    if (variant === 'do-nothing') return nothing;
    const random = seededRandom(seed);
    const draw = (p: number): boolean => random.next() < p;
    let hits = 0;
    for (let i = 0; i < counted; i++) if (allDown(often!, draw, variant)) hits++;
    const byCounting = measuredShare('counted', hits, counted);

    let sum = 0;
    let squares = 0;
    for (let i = 0; i < weighed; i++) {
      // The weight is the true probability of this trial, divided by that of the draw: rare / tilted for each server.
      const weight = allDown(tilted, draw, variant) ? (rare! / tilted) ** servers : 0;
      sum += weight;
      squares += weight * weight;
    }
    const mean = sum / weighed;
    const byWeight = meanOf('rare', mean, weighed, Math.sqrt((squares / weighed - mean * mean) / weighed));

    let together = 0;
    const own = ownShare(rare!);
    for (let i = 0; i < counted; i++) {
      const all = draw(commonShare * rare!);
      if (all || allDown(own, draw, variant)) together++;
    }
    const common = measuredShare('common', together, counted);
    const points: Point[] = [byCounting.point, byWeight.point, common.point];
    const found: Check[] = [
      byCounting.isTheory('all four fail with p^4, by counting', often! ** servers, checks),
      byWeight.isTheory('all four fail with p^4, by importance sampling', rare! ** servers, checks),
      common.isTheory('with a common cause, all four fail as the second formula says', withCommonCause(rare!), checks),
    ];
    const times = Math.round(withCommonCause(rare!) / rare! ** servers);
    return {
      points,
      checks: found,
      timeline: [`a common cause in a tenth of the failures makes it ${times} times worse`],
    };
  },
  async live({ often, rare }, context) {
    const { users, unlucky, proofs } = await liveServers(servers, context);
    const modelled = await redundancy.virtual!({ often: often!, rare: rare! }, context.seed, 'correct');
    const noAnswer = measuredShare('live', unlucky, users);
    return {
      points: modelled.points,
      checks: [
        noAnswer.isTheory(
          `live: with p = ${100 * liveDown}%, p^4 of the users get no answer`,
          liveDown ** servers,
          checks + 1,
        ),
        ...modelled.checks,
      ],
      timeline: [
        `live: ${unlucky} of ${users} users got no answer: ${digits((100 * unlucky) / users)}%`,
        ...proofs.map(({ target, matched, applied }) => `  ${target} was down for ${applied} of ${matched} calls`),
        ...modelled.timeline,
      ],
      faults: proofs,
    };
  },
  variants: {
    broken: 'there are three servers, not four',
    control: 'the servers share one data file: when it is broken, all of them are down',
  },
  hints: [
    'The first server is down for 5% of the time. In which part of this time is the second server down, too?',
    'Independent probabilities multiply: p x p x p x p. A common cause has the probability c p, with any number ' +
      'of servers.',
    'Two engines fail in 1% of the flights each, so both fail in .01^2 = .01% of the flights. If a tenth of the ' +
      'failures comes from bad fuel, both fail in .1%.',
  ],
  explanation: ({ rare }) =>
    `One server is down for ${100 * rare!}% of the time. Four servers that fail independently are all down for
${(100 * rare! ** servers).toExponential(1)}% of the time. This is too rare to count: only about one of
${Math.round(rare! ** -servers).toLocaleString('en')} trials shows it. Importance sampling draws failures more often,
and gives each trial a small weight instead.

A common cause hits all servers at once: a bad configuration, a shared switch, or one data file for all replicas.
Suppose only a tenth of the failures have a common cause. Then all four servers are down about
${Math.round(withCommonCause(rare!) / rare! ** servers)} times as often. More servers do not help against it.

So do not only ask how many servers there are. Ask what they share.`,
  transfer: {
    question: 'You can add a fifth server, or move one of the four to another building. Which would you choose?',
    answer:
      'The other building. A fifth server makes independent failures even rarer, but they are rare already. The ' +
      'common cause remains, unless one server does not share it.',
  },
});

/** The rest of p, without the common cause. */
const ownShare = (p: number): number => ((1 - commonShare) * p) / (1 - commonShare * p);

function withCommonCause(p: number): number {
  const common = commonShare * p;
  return common + (1 - common) * ownShare(p) ** servers;
}

function allDown(p: number, draw: (p: number) => boolean, variant: Variant): boolean {
  if (variant === 'control') return draw(p);
  const n = variant === 'broken' ? servers - 1 : servers;
  for (let i = 0; i < n; i++) if (!draw(p)) return false;
  return true;
}
