import { timeHistogram } from '../measure/histogram.ts';
import { mostReasons, noCounts } from '../measure/recorder.ts';
import type { Counts, Sessions, Totals } from '../measure/recorder.ts';
import { mergeMoments, moments, variation } from '../measure/variation.ts';
import type { MeasuredRun } from '../measure/measured.ts';
import { fitZipf } from '../workload/zipf.ts';

/** Adds up the totals of all workers. */
export function mergeTotals(
  all: readonly Totals[],
  skewAsked: number | undefined,
): Pick<MeasuredRun, 'counts' | 'codes' | 'names' | 'latency' | 'flight' | 'waited' | 'sessions' | 'gaps' | 'skew'> {
  const counts = noCounts();
  const codes: Record<string, number> = {};
  const names: Record<string, { done: number; errors: number }> = {};
  const latency = {
    intended: timeHistogram(),
    sent: timeHistogram(),
    errors: timeHistogram(),
    lateness: timeHistogram(),
    own: timeHistogram(),
  };
  const sessions: Sessions = { started: 0, broken: 0, why: [] };
  let flight = moments();
  let waited = 0;
  let gapsIntended = moments();
  let gapsSent = moments();
  let ranks: number[] | undefined;
  for (const totals of all) {
    for (const key of Object.keys(counts) as (keyof Counts)[]) counts[key] += totals.counts[key];
    for (const [code, n] of Object.entries(totals.codes)) codes[code] = (codes[code] ?? 0) + n;
    for (const [name, { done, errors }] of Object.entries(totals.names)) {
      const into = (names[name] ??= { done: 0, errors: 0 });
      into.done += done;
      into.errors += errors;
    }
    for (const key of Object.keys(latency) as (keyof typeof latency)[]) latency[key].add(timeHistogram(totals[key]));
    waited += totals.waited;
    sessions.started += totals.sessions.started;
    sessions.broken += totals.sessions.broken;
    sessions.why = [...new Set([...sessions.why, ...totals.sessions.why])].slice(0, mostReasons);
    flight = mergeMoments(flight, totals.flight);
    gapsIntended = mergeMoments(gapsIntended, totals.gapsIntended);
    gapsSent = mergeMoments(gapsSent, totals.gapsSent);
    const drawn = totals.ranks;
    if (drawn) ranks = ranks ? ranks.map((n, i) => n + (drawn[i] ?? 0)) : [...drawn];
  }
  const achieved = ranks && fitZipf(ranks);
  return {
    counts,
    codes,
    names,
    latency,
    flight: { count: flight.n, meanMs: flight.mean },
    waited,
    sessions,
    gaps: { intended: variation(gapsIntended), sent: variation(gapsSent) },
    skew: skewAsked === undefined || achieved === undefined ? undefined : { asked: skewAsked, achieved },
  };
}
