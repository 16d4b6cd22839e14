import type { Random } from '../../shared/time/random.ts';
import { check, unknown } from '../kit/checks.ts';
import type { Check } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';

export const failureAges = ['young', 'random', 'worn'] as const;
/** The scale of each cause, years. */
export const scales = { young: 20, random: 10, worn: 8 } as const;
export type Shapes = Readonly<Record<(typeof failureAges)[number], number>>;

/** The ages at which the machines that have failed are counted, years. Burn-in would end at the first age. */
const ages = [0.1, 1, 3, 6] as const;

/** Inverse transform of the Weibull distribution. */
export const lifetime = (random: Random, shape: number, scale: number): number =>
  scale * (-Math.log(1 - random.next())) ** (1 / shape);

/**
 * Compares the share of machines that have failed at each age with the theory. The rates of the three causes add up, so
 * their integrals do, too: 1 - e^-(H1 + H2 + H3), where H is the integral of the rate of one cause.
 */
export function ratesAddUp(
  first: readonly number[],
  shapes: Shapes,
  { censored, label }: { readonly censored: boolean; readonly label: string },
): Check[] {
  const cumulativeRate = (t: number): number =>
    failureAges.reduce((sum, kind) => sum + (t / scales[kind]) ** shapes[kind], 0);
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
export function rateTimeline(first: readonly number[]): string[] {
  return Array.from({ length: 12 }, (_, i) => {
    const [from, to] = [i / 2, (i + 1) / 2];
    const running = first.filter((life) => life > from).length;
    const failed = first.filter((life) => life > from && life <= to).length;
    const rate = running === 0 ? 0 : failed / running;
    const bar = '#'.repeat(Math.round(100 * rate)).padEnd(30);
    return `year ${from.toFixed(1)}  ${bar} ${digits(100 * rate)}% of ${running} fail`;
  });
}

/** The lifetime of a machine that has all three causes of failure, years: the first cause ends it. */
export const firstFailure = (random: Random, shapes: Shapes): number =>
  Math.min(...failureAges.map((kind) => lifetime(random, shapes[kind], scales[kind])));
