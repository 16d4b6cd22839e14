import { type Random, seededRandom } from '../../shared/time/random.ts';
import { check, nothing, unknown } from '../kit/checks.ts';
import { lab, type Check, type Point } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';
import { contains, passConfidence, shownConfidence } from '../statistics/interval.ts';
import { weibullFit, weibullShapeInterval } from '../statistics/weibull-fit.ts';

const machines = 2_000;
const failureAges = ['young', 'random', 'worn'] as const;
const checks = failureAges.length + 1;
const labels = {
  young: 'shape of early failures',
  random: 'shape of random failures',
  worn: 'shape of wear-out',
} as const;
/** The ages at which the machines that have failed are counted, years. Burn-in takes the first one. */
const ages = [0.1, 1, 3, 6] as const;
const scales = { young: 20, random: 10, worn: 8 } as const;

/** Three causes of failure, each with a rate of its own: falling, constant, rising. */
export const bathtubCurve = lab({
  id: '19',
  name: 'bathtub-curve',
  topic: 'the bathtub curve',
  question: 'A new machine fails often, an old one too. Can lifetimes alone tell you why they failed?',
  seconds: 1,
  cores: 1,
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
    found.push(...ratesAddUp(first, shapes, variant === 'control'));
    return { points, checks: found, timeline: rateTimeline(first) };
  },
  variants: {
    broken: 'all failures are random: no machine is young or old',
    control: 'machines that are still running after four years are left out of the fit',
  },
  hints: [
    'Ask of the machines that still run: how many of them fail in the next month? Does that grow or fall with ' +
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
      'where k > 1.',
  },
});

/** Inverse transform of the Weibull distribution. */
const lifetime = (random: Random, shape: number, scale: number): number =>
  scale * (-Math.log(1 - random.next())) ** (1 / shape);

/**
 * Compares the share of machines that have failed at each age with the theory. The rates of the three causes add up, so
 * their integrals do, too: 1 - e^-(H1 + H2 + H3), where H is the integral of the rate of one cause.
 */
function ratesAddUp(
  first: readonly number[],
  shapes: Readonly<Record<(typeof failureAges)[number], number>>,
  censored: boolean,
): Check[] {
  const cumulativeRate = (t: number): number =>
    failureAges.reduce((sum, kind) => sum + (t / scales[kind]) ** shapes[kind], 0);
  const label = 'the observed rate is the sum of the three rates';
  if (censored) return [unknown(label, 'machines are missing', 'watch all machines until they fail')];
  const errors = ages.map((t) => {
    const expected = 1 - Math.exp(-cumulativeRate(t));
    const share = first.filter((life) => life <= t).length / first.length;
    return Math.abs(share - expected) / Math.sqrt((expected * (1 - expected)) / first.length);
  });
  // The four counts depend on each other. One of them exceeds 4.6 standard errors in less than 1 of 10,000 runs.
  const worst = Math.max(...errors);
  return [check(label, worst < 4.6, `at most ${digits(worst)} standard errors away`)];
}

/** The share of the running machines that fail, per half year. */
function rateTimeline(first: readonly number[]): string[] {
  return Array.from({ length: 12 }, (_, i) => {
    const [from, to] = [i / 2, (i + 1) / 2];
    const running = first.filter((life) => life > from).length;
    const failed = first.filter((life) => life > from && life <= to).length;
    const rate = running === 0 ? 0 : failed / running;
    const bar = '#'.repeat(Math.round(100 * rate)).padEnd(30);
    return `year ${from.toFixed(1)}  ${bar} ${digits(100 * rate)}% of ${running} fail`;
  });
}
