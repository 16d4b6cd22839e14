import { levelOf } from '../../search/levels.ts';
import type { Time } from './contract.ts';

interface Interval {
  readonly startMs: number;
  readonly durationMs: number;
}

/**
 * Splits the time of a node into its work and its waits as a client of the next tiers. Calls at the same time count
 * once. While a call to the data level is under way, the time counts as a wait for data, whatever other calls there
 * are.
 */
export function splitTime(held: Interval, calls: readonly (Interval & { readonly component: string })[]): Time {
  const waits = covered(held, calls);
  const waitForDataMs = covered(
    held,
    calls.filter(({ component }) => levelOf(component) === 'data'),
  );
  return {
    workMs: Math.max(0, held.durationMs - waits),
    waitForDataMs,
    waitForResultMs: Math.max(0, waits - waitForDataMs),
  };
}

/** How much of `whole` the parts cover together, ms. */
function covered(whole: Interval, parts: readonly Interval[]): number {
  const wholeEnd = whole.startMs + whole.durationMs;
  let coveredTo = whole.startMs;
  let sum = 0;
  for (const { startMs, durationMs } of parts.toSorted((a, b) => a.startMs - b.startMs)) {
    const from = Math.max(startMs, coveredTo);
    const to = Math.min(startMs + durationMs, wholeEnd);
    if (to <= from) continue;
    sum += to - from;
    coveredTo = to;
  }
  return sum;
}
