import type { Node } from './questions.ts';

/** What the cluster itself said about a node: the injector only reads it, and never helps. */
export interface Detection {
  readonly detectedAs: string;
  /** From the injection to the first doubt that proved right, ms. */
  readonly detectionMs: number;
}

interface IncidentRow {
  readonly node: string;
  readonly outcome: string;
  readonly verdict?: string;
  readonly stamps: { readonly detect: number };
}

/** The first named incident of `node` since `injectedAt` (wall-clock ms) that any monitor holds; undefined: nobody named it. */
export async function detected(monitors: readonly Node[], node: string, injectedAt: number): Promise<Detection | undefined> {
  const books = await Promise.all(monitors.map(incidentsOf));
  const own = books
    .flat()
    .filter((incident) => incident.node === node && incident.verdict !== undefined && incident.stamps.detect >= injectedAt)
    .sort((a, b) => a.stamps.detect - b.stamps.detect);
  const [first] = own;
  return first && { detectedAs: first.verdict!, detectionMs: Math.round(first.stamps.detect - injectedAt) };
}

/** Whether no monitor has anything open about `node`: otherwise the next fault would be taken for a part of the last one. */
export async function quiet(monitors: readonly Node[], node: string): Promise<boolean> {
  const books = await Promise.all(monitors.map(incidentsOf));
  return !books.flat().some((incident) => incident.node === node && incident.outcome === 'open');
}

/** Empty where a monitor is silent, or keeps no incidents. */
async function incidentsOf({ host, port }: Node): Promise<readonly IncidentRow[]> {
  try {
    const response = await fetch(`http://${host}:${port}/api/incidents`, { signal: AbortSignal.timeout(1_000) });
    if (!response.ok) return [];
    return ((await response.json()) as { incidents?: IncidentRow[] }).incidents ?? [];
  } catch {
    return [];
  }
}
