import type { Check, Point } from '../runner/lab.ts';
import {
  binomialInterval,
  contains,
  type ConfidenceInterval,
  normalInterval,
  passConfidence,
  shownConfidence,
  skewedInterval,
} from '../statistics/interval.ts';
import { digits } from '../runner/units.ts';

/** A check that is PASS or FAIL. */
export const check = (label: string, ok: boolean, detail: string): Check => ({
  label,
  verdict: ok ? 'PASS' : 'FAIL',
  detail,
});

export const unknown = (label: string, detail: string, next: string): Check => ({
  label,
  verdict: 'UNKNOWN',
  detail,
  next,
});

/** An UNKNOWN check where calls have failed. Where all were answered, there is no check. */
export const unanswered = (label: string, failed: readonly { readonly code?: string }[]): readonly Check[] =>
  failed.length === 0 ? [] : [unknown(label, `${failed.length} failed: ${failed[0]!.code}`, 'run the lab again')];

/** A check by an interval; without samples it is unknown. */
function inside(label: string, n: number, interval: ConfidenceInterval, theory: number): Check {
  if (n === 0) return unknown(label, 'there is no sample', 'run the lab again');
  return check(
    label,
    contains(interval, theory),
    `theory ${digits(theory)}; it must be between ${digits(interval.low)} and ${digits(interval.high)}`,
  );
}

/** A measured share: the point with the shown interval, and the check whether `theory` may be its true value. */
export function measuredShare(id: string, hits: number, n: number) {
  const point: Point = {
    id,
    measured: n === 0 ? Number.NaN : hits / n,
    n,
    interval: n === 0 ? noInterval : binomialInterval(hits, n, shownConfidence),
  };
  return {
    point,
    isTheory: (label: string, theory: number, checks: number): Check =>
      inside(label, n, n === 0 ? noInterval : binomialInterval(hits, n, passConfidence(checks)), theory),
  };
}

/** A measured mean with a known standard error and, where it is not symmetric, a known skewness. */
export function meanOf(id: string, mean: number, n: number, standardError: number, skewness?: number) {
  const at = (confidence: number): ConfidenceInterval => {
    if (n === 0) return noInterval;
    return skewness === undefined
      ? normalInterval(mean, standardError, confidence)
      : skewedInterval(mean, { standardError, skewness }, confidence);
  };
  const point: Point = { id, measured: mean, n, interval: at(shownConfidence) };
  return {
    point,
    isTheory: (label: string, theory: number, checks: number): Check =>
      inside(label, n, at(passConfidence(checks)), theory),
  };
}

/** A value without scatter. */
export const exactly = (id: string, measured: number, n: number): Point => ({
  id,
  measured,
  n,
  interval: n === 0 ? noInterval : { low: measured, high: measured, confidence: shownConfidence },
});

/** Whether `measured` is within a share of `theory`. */
export function within(label: string, measured: number, theory: number, share: number, n: number): Check {
  if (n === 0) return unknown(label, 'there is no sample', 'run the lab again');
  const off = Math.abs(measured - theory) / Math.abs(theory);
  return check(
    label,
    off <= share,
    `${digits(measured)} measured, ${digits(theory)} expected; the difference is ${digits(100 * off)}%, and at most ` +
      `${digits(100 * share)}% is allowed`,
  );
}

const noInterval: ConfidenceInterval = {
  low: Number.NEGATIVE_INFINITY,
  high: Number.POSITIVE_INFINITY,
  confidence: shownConfidence,
};

/** The findings of a run that did nothing. */
export const nothing = { points: [], checks: [], timeline: [] } as const;
