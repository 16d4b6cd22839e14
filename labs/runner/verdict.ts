import { contains } from '../statistics/interval.ts';
import type { Check, Findings, Point, Quantity, LabVerdict } from './lab.ts';

/** One failed check fails the lab; otherwise one unknown check, or no check at all, makes it unknown. */
export function labVerdictOf(checks: readonly Check[]): LabVerdict {
  if (checks.some(({ verdict }) => verdict === 'FAIL')) return 'FAIL';
  return checks.length === 0 || checks.some(({ verdict }) => verdict === 'UNKNOWN') ? 'UNKNOWN' : 'PASS';
}

/** Adds what every lab must have: each quantity was measured, with samples, and each fault took hold. */
export function completed(findings: Findings, quantities: readonly Quantity[]): Findings {
  const missing = quantities.filter(({ id }) => !findings.points.some((point) => point.id === id && point.n > 0));
  const idle = (findings.faults ?? []).filter(({ applied }) => applied === 0);
  const checks: Check[] = [
    ...findings.checks,
    ...missing.map(({ label }): Check => ({
      label: `measured: ${label}`,
      verdict: 'UNKNOWN',
      detail: 'there is no sample of it',
      next: 'run the lab again',
    })),
    ...idle.map(({ kind, target }): Check => ({
      label: `the fault ${kind} at ${target} changed requests`,
      verdict: 'UNKNOWN',
      detail: 'it was applied to no request, so the run shows nothing about it',
      next: 'run the lab again',
    })),
  ];
  return { ...findings, checks };
}

/** How far a prediction may be from the measurement to be called right: a tenth, or the measured interval. */
const rightWithin = 0.1;

export function isRight(predicted: number, { measured, interval }: Pick<Point, 'measured' | 'interval'>): boolean {
  const isNear = Math.abs(predicted - measured) <= rightWithin * Math.abs(measured);
  // An interval without bounds says nothing about the value, so it must not make a prediction right.
  const isBounded = Number.isFinite(interval.low) && Number.isFinite(interval.high);
  return isNear || (isBounded && contains(interval, predicted));
}
