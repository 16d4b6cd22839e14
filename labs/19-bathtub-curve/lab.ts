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
  question: 'A new machine fails often, an old one too. Can lifetimes alone tell you why they failed?',
  seconds: 45,
  cores: 2,
  failuresExpected: true,
  parameters: { young: { unit: 'none', values: [0.5, 0.6, 0.7] }, worn: { unit: 'none', values: [4, 3, 5] } },
  formula: 'failure rate h(t) = (k / L) (t / L)^(k - 1): falling for k < 1, constant for k = 1, rising for k > 1',
  assumptions: [
    'lifetimes of each cause follow a Weibull distribution with shape k and scale L',
    'machines fail independently, and each has been watched until it failed',
    'the first of the three causes ends the machine, so their rates add up',
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
          `${digits(shape)}; pass interval ${digits(pass.low)} to ${digits(pass.high)}`,
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
    broken: 'all failures are random: no machine is young or old',
    control: 'machines that are still running after four years are left out of the fit',
  },
  hints: [
    'Look at the machines that still run. How many of them fail in the next month? Does that grow or fall with ' +
      'their age?',
    'The shape k says it: below 1 the rate falls, at 1 it is constant, above 1 it rises.',
    'Light bulbs: half of the bad ones fail in the first day (k < 1). Tyres: hardly any in the first year, nearly ' +
      'all in the fifth (k > 1).',
  ],
  explanation: ({ young, worn }) =>
    `The shape of the lifetimes tells the cause. Early failures (k = ${young!}) come from faults of production: whoever
survives the first weeks is probably sound. Random failures (k = 1) do not care about age. Wear-out (k = ${worn!}) hits
old machines.

A real machine has all three, and the first one ends it. So the rates add up: high, low, high. This sum is the bathtub
curve.

Burn-in removes machines with early failures before they are sold. It cannot lower the floor of the curve, and it costs
a little of the wear-out life. The negative control shows the usual mistake: it looks only at machines that have failed
already. The long-lived ones are missing, so the fit finds another shape.`,
  transfer: {
    question: 'Your servers fail at a constant rate. Does it help to replace them every three years?',
    answer:
      'No. With k = 1 a new one fails as often as an old one, and each replacement adds early failures. Replace ' +
      'machines only when k > 1.',
  },
});
