import { seededRandom } from '../../shared/time/random.ts';
import { check, nothing } from '../kit/checks.ts';
import { lab, type Check, type Point } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';
import { contains, passConfidence, shownConfidence } from '../statistics/interval.ts';
import { weibullFit, weibullShapeInterval } from '../statistics/weibull-fit.ts';
import { checksOfLives, liveMachines } from './live.ts';
import { failureAges, lifetime, rateTimeline, ratesAddUp, scales } from './model.ts';

const machines = 2_000;
const checks = failureAges.length + 1;
const labels = {
  young: 'shape of early failures',
  random: 'shape of random failures',
  worn: 'shape of wear-out',
} as const;

/** Three causes of failure, each with a rate of its own: falling, constant, rising. */
export const bathtubCurve = lab({
  id: '19',
  name: 'bathtub-curve',
  topic: 'the bathtub curve',
  question: 'A new machine fails often, and an old one, too. Can lifetimes alone tell you why machines failed?',
  seconds: 45,
  cores: 2,
  failuresExpected: true,
  parameters: { young: { unit: 'none', values: [0.5, 0.6, 0.7] }, worn: { unit: 'none', values: [4, 3, 5] } },
  formula: 'failure rate h(t) = (k / L) (t / L)^(k - 1): falling for k < 1, constant for k = 1, rising for k > 1',
  assumptions: [
    'the lifetimes of each cause have a Weibull distribution with shape k and scale L',
    'machines fail independently, and each was watched until it failed',
    'the first of the three causes ends the machine, so the three rates add up',
  ],
  quantities: ({ young, worn }) => [
    { id: 'young', label: labels.young, unit: 'none', theory: young! },
    { id: 'random', label: labels.random, unit: 'none', theory: 1 },
    { id: 'worn', label: labels.worn, unit: 'none', theory: worn! },
  ],
  virtual({ young, worn }, seed, variant) {
    if (variant === 'do-nothing') return nothing;
    const shapes = { young: young!, random: 1, worn: worn! };
    const points: Point[] = [];
    const found: Check[] = [];
    const lives: Record<(typeof failureAges)[number], number[]> = { young: [], random: [], worn: [] };
    for (const kind of failureAges) {
      const random = seededRandom(`${seed}/${kind}`);
      lives[kind] = Array.from({ length: machines }, () =>
        lifetime(random, variant === 'broken' ? 1 : shapes[kind], scales[kind]),
      );
      // Control: only machines that failed within four years are known. Those that live longer are left out.
      const known = variant === 'control' ? lives[kind].filter((life) => life < 4) : lives[kind];
      const { shape } = weibullFit(known);
      const interval = weibullShapeInterval(shape, known.length, shownConfidence);
      const pass = weibullShapeInterval(shape, known.length, passConfidence(checks));
      points.push({ id: kind, measured: shape, n: known.length, interval });
      found.push(
        check(
          `${labels[kind]}: the fit finds ${shapes[kind]}`,
          contains(pass, shapes[kind]),
          `the fit gives ${digits(shape)}; the theory must be between ${digits(pass.low)} and ${digits(pass.high)}`,
        ),
      );
    }
    const first = lives.young.map((life, i) => Math.min(life, lives.random[i]!, lives.worn[i]!));
    const label = 'the observed rate is the sum of the three rates';
    found.push(...ratesAddUp(first, shapes, { censored: variant === 'control', label }));
    return { points, checks: found, timeline: rateTimeline(first) };
  },
  async live({ young, worn }, context) {
    const shapes = { young: young!, random: 1, worn: worn! };
    const { lives, proofs } = await liveMachines(shapes, context);
    const modelled = await bathtubCurve.virtual!({ young: young!, worn: worn! }, context.seed, 'correct');
    return {
      points: modelled.points,
      checks: [...checksOfLives(lives, shapes), ...modelled.checks],
      timeline: [
        `live: ${lives.length} machines, each until it failed`,
        ...rateTimeline(lives.map(({ seen }) => seen)),
        `virtual: ${machines} machines`,
        ...modelled.timeline,
      ],
      faults: proofs,
    };
  },
  variants: {
    broken: 'all failures are random: there are no early failures, and no wear-out',
    control: 'the fit leaves out the machines that still run after four years',
  },
  hints: [
    'Look at the machines that still run. How many of them fail in the next month? Does that grow or fall with ' +
      'their age?',
    'The shape k gives the answer. For k < 1 the rate falls, for k = 1 it is constant, for k > 1 it rises.',
    'Half of the badly built light bulbs fail on the first day: k < 1. Hardly any tyre fails in its first year, and ' +
      'nearly all fail in their fifth: k > 1.',
  ],
  explanation: ({ young, worn }) =>
    `The shape shows the cause. Early failures (k = ${young!}) come from bad production: a machine that survives the
first weeks is probably good. Random failures (k = 1) do not depend on the age. Wear-out (k = ${worn!}) hits old
machines.

A real machine can fail by any of the three causes, and the first failure ends it. So the three rates add up. Their sum
is high at first, then low, then high again: the bathtub curve.

Burn-in finds the machines with early failures before they are sold. It does not change the flat part of the curve, and
it uses some of the lifetime of each machine. If you leave out the machines that still run, the fit is wrong, because
the long lifetimes are missing. This is a common mistake.`,
  transfer: {
    question: 'Your servers fail at a constant rate. Does it help to replace them every three years?',
    answer:
      'No. A constant rate means k = 1: a new server fails as often as an old one. But each new server may have an ' +
      'early failure. Replace machines early only if k > 1.',
  },
});
