import type { UsualTimes } from '../../traces/contract.ts';

/** Pure: the component that works longest for the usual request, and its share of all work. Waits do not count. */
export function mostWork({ tiers }: UsualTimes): { readonly component: string; readonly share: number } | undefined {
  const all = tiers.reduce((sum, { workMs }) => sum + workMs, 0);
  const [most] = tiers.toSorted((a, b) => b.workMs - a.workMs);
  return most && all > 0 ? { component: most.component, share: most.workMs / all } : undefined;
}
