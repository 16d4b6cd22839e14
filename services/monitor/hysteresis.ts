import type { Diagnosis } from './decision-table.ts';
import type { Verdict } from '../../shared/membership/verdict.ts';

/** The verdict in force about one node, and the other verdict that the last windows support. */
export interface Standing {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly since: number;
  readonly rival?: { readonly verdict: Verdict; readonly windows: number } | undefined;
}

export const wellStanding = (now: number): Standing => ({ verdict: 'healthy', reasons: [], since: now });

/**
 * How many windows in a row must agree on a new verdict. One is enough for crashes, hangs and lies, because they are
 * facts. Slowness and load come in bursts. A node must be healthy for some time before it counts as healthy.
 */
export const windowsNeeded: Readonly<Record<Verdict, number>> = {
  crashed: 1,
  hung: 1,
  lying: 1,
  partitioned: 2,
  limping: 4,
  overloaded: 3,
  healthy: 4,
};

/**
 * Pure: the standing after one more window. It changes after enough windows in a row agree, or after one that is
 * certain.
 */
export function nextStanding(
  standing: Standing,
  { verdict, reasons }: Diagnosis,
  now: number,
  isCertain = false,
): Standing {
  if (verdict === standing.verdict) return { ...standing, reasons, rival: undefined };
  const windows = standing.rival?.verdict === verdict ? standing.rival.windows + 1 : 1;
  if (isCertain || windows >= windowsNeeded[verdict]) return { verdict, reasons, since: now };
  return { ...standing, rival: { verdict, windows } };
}
