import type { Random } from '../../../shared/time/random.ts';

/**
 * One cause of failure, Weibull distributed: R(t) = exp(-(t/eta)^beta).
 * beta < 1: the rate falls (infant mortality); = 1: constant (random failures); > 1: it rises (wear-out).
 */
export interface Cause {
  readonly name: string;
  /** Characteristic life: 63.2% have failed by then. */
  readonly etaMs: number;
  readonly beta: number;
}

/** The integral of the failure rate from age 0. The rates of competing causes add up: high, flat, high. */
export const cumulativeHazard = (causes: readonly Cause[], ageMs: number): number =>
  causes.reduce((sum, { etaMs, beta }) => sum + (ageMs / etaMs) ** beta, 0);

/** The probability to reach an age: R(t) = exp(-H(t)). */
export const reliability = (causes: readonly Cause[], ageMs: number): number =>
  Math.exp(-cumulativeHazard(causes, ageMs));

/**
 * The time that is left for a part of age `ageMs`, from a uniform draw `u` in (0, 1]. With a = `ageMs`, it is the x
 * that solves R(a + x) / R(a) = u:
 *
 *     x = eta ((a/eta)^beta - ln u)^(1/beta) - a
 *
 * At age 0 it is the usual draw eta (-ln u)^(1/beta).
 */
export function remainingLife({ etaMs, beta }: Cause, ageMs: number, u: number): number {
  return etaMs * ((ageMs / etaMs) ** beta - Math.log(u)) ** (1 / beta) - ageMs;
}

/** The first cause to strike after `ageMs`, and when. One draw per cause, in their order. */
export function nextFailure(causes: readonly Cause[], ageMs: number, random: Random): { cause: Cause; inMs: number } {
  const strikes = causes.map((cause) => ({ cause, inMs: remainingLife(cause, ageMs, 1 - random.next()) }));
  return strikes.reduce((first, strike) => (strike.inMs < first.inMs ? strike : first));
}

/**
 * Mean life of a new part = integral of R(t) over all ages. Simpson's rule with t = s x^4, because this removes the
 * infinite slope of R at 0. Where the cumulative hazard H is over 40, R is practically 0.
 */
export function meanLifeMs(causes: readonly Cause[]): number {
  const steps = 4_000;
  const scale = Math.min(...causes.map(({ etaMs, beta }) => etaMs * 40 ** (1 / beta)));
  const f = (x: number) => reliability(causes, scale * x ** 4) * scale * 4 * x ** 3;
  let sum = f(0) + f(1);
  for (let i = 1; i < steps; i++) sum += f(i / steps) * (i % 2 === 1 ? 4 : 2);
  return sum / (3 * steps);
}
