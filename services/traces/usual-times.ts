import type { Trace, UsualTimes } from './contract.ts';

/**
 * If fewer requests than this were sampled at random, traffic is so light that nearly every request is kept. Then every
 * kept request counts.
 */
const fewDrawn = 10;

/**
 * Computes the mean time in each component, over the kept requests of the most used route of searches. A pure function.
 * Only a search uses every tier, so other routes count only while nobody searches.
 * Only requests that were sampled at random count, because requests that are kept as the slowest are not usual.
 * Undefined without requests.
 */
export function usualTimes(traces: readonly Trace[]): UsualTimes | undefined {
  const good = traces.filter(({ outcome, because }) => outcome === 'ok' && because !== 'asked');
  const searches = good.filter(({ request }) => request.endsWith('/search'));
  const usual = searches.length > 0 ? searches : good;
  const drawn = usual.filter(({ because }) => because === 'sample');
  const routes = Map.groupBy(drawn.length < fewDrawn ? usual : drawn, ({ request }) => request);
  const [most] = [...routes].toSorted(([, a], [, b]) => b.length - a.length);
  if (most === undefined) return undefined;
  const [request, list] = most;
  const tiers = new Map<string, UsualTimes['tiers'][number]>();
  for (const tier of list.flatMap((trace) => trace.tiers)) {
    const { component, heldMs, workMs, waitForDataMs, waitForResultMs, wayMs } = tier;
    const so = tiers.get(component);
    tiers.set(component, {
      component,
      heldMs: (so?.heldMs ?? 0) + heldMs / list.length,
      workMs: (so?.workMs ?? 0) + workMs / list.length,
      waitForDataMs: (so?.waitForDataMs ?? 0) + waitForDataMs / list.length,
      waitForResultMs: (so?.waitForResultMs ?? 0) + waitForResultMs / list.length,
      wayMs: (so?.wayMs ?? 0) + wayMs / list.length,
    });
  }
  const durationMs = list.reduce((sum, trace) => sum + trace.durationMs, 0) / list.length;
  return { request, requests: list.length, durationMs, tiers: [...tiers.values()] };
}
