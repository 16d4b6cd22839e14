interface Work {
  readonly component: string;
  readonly workMs: number;
}

interface Busiest {
  readonly component: string;
  /** Its share of the work of all components, 0 to 1. */
  readonly share: number;
}

/** Pure: the component that works longest. Waits do not count. Undefined where nothing worked. */
export function mostWork({ tiers }: { readonly tiers: readonly Work[] }): Busiest | undefined {
  const all = tiers.reduce((sum, { workMs }) => sum + workMs, 0);
  const [most] = tiers.toSorted((a, b) => b.workMs - a.workMs);
  return most && all > 0 ? { component: most.component, share: most.workMs / all } : undefined;
}
