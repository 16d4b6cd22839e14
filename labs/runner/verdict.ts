import type { Check, Findings, Quantity, Verdict } from './lab.ts';

/** One failed check fails the lab; otherwise one unknown check, or no check at all, makes it unknown. */
export function verdictOf(checks: readonly Check[]): Verdict {
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

export function predictionIsRight(
  predicted: readonly number[],
  quantities: readonly Quantity[],
  { points }: Findings,
): boolean {
  return quantities.every(({ id }, i) => {
    const point = points.find((it) => it.id === id);
    const value = predicted[i];
    if (point === undefined || value === undefined) return false;
    const { low, high } = point.interval;
    return (
      Math.abs(value - point.measured) <= rightWithin * Math.abs(point.measured) || (value >= low && value <= high)
    );
  });
}
