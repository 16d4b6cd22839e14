import { fetchDirect } from '../../../shared/net/direct.ts';
import type { ControlPort } from '../../../services/chaos/control-port.ts';
import { seriesOf } from './series.ts';
import type { MatrixNode } from './questions.ts';

/** The cluster's own diagnosis of a node. The injector only reads it, and never helps. */
export interface Detection {
  readonly detectedAs: string;
  /** From the injection to the first doubt that proved right, ms. */
  readonly detectionMs: number;
  /** The cluster has ordered a repair, or the incident is over: the verdict will not change any more. */
  readonly settled: boolean;
}

interface IncidentRow {
  readonly node: string;
  readonly outcome: string;
  readonly verdict?: string;
  readonly stamps: { readonly detect: number };
  readonly orders?: readonly unknown[];
}

/**
 * The first named incident of `node` since `injectedAt` (ms, by the clock of the cluster) that any monitor holds;
 * undefined: nobody named it.
 */
export async function detected(
  monitors: readonly MatrixNode[],
  node: string,
  injectedAt: number,
): Promise<Detection | undefined> {
  const logs = await Promise.all(monitors.map(incidentsOf));
  const own = logs
    .flat()
    .filter(
      (incident) => incident.node === node && incident.verdict !== undefined && incident.stamps.detect >= injectedAt,
    )
    .sort((a, b) => a.stamps.detect - b.stamps.detect);
  const [first] = own;
  if (!first) return undefined;
  const settled = own.some(({ outcome, orders = [] }) => outcome !== 'open' || orders.length > 0);
  const acting = own.find(({ orders = [] }) => orders.length > 0) ?? first;
  return { detectedAs: acting.verdict!, detectionMs: Math.round(first.stamps.detect - injectedAt), settled };
}

/**
 * Whether the last fault is over for the cluster, too: all nodes are in rotation, and `node` has no open incident.
 * Otherwise the cluster would take the next fault for a part of the last one, and the group would lose a second member.
 */
export async function quiet(monitors: readonly MatrixNode[], node: string): Promise<boolean> {
  const [logs, views] = await Promise.all([Promise.all(monitors.map(incidentsOf)), Promise.all(monitors.map(viewOf))]);
  const inRotation = views.flat().every(({ state }) => state === 'alive' || state === 'standby');
  return inRotation && !logs.flat().some((incident) => incident.node === node && incident.outcome === 'open');
}

/** True if no caller avoids a member of `group` any more. Callers that do not answer count as not avoiding. */
export async function nobodyAvoids(group: readonly string[], ports: readonly ControlPort[]): Promise<boolean> {
  const nodes = ports.filter(({ site }) => site === 'node');
  const kept = await Promise.all(nodes.map((port) => seriesOf(port, 'tierlab_rpc_ejected').catch(() => [])));
  return !kept.flat().some(({ labels, value }) => value > 0 && group.includes(labels['endpoint'] ?? ''));
}

async function viewOf({ host, publicPort }: MatrixNode): Promise<readonly { readonly state: string }[]> {
  return ((await get(host, publicPort, '/api/view')) as { members?: { state: string }[] }).members ?? [];
}

/** Empty if the monitor is silent or has no incidents. */
async function incidentsOf({ host, publicPort }: MatrixNode): Promise<readonly IncidentRow[]> {
  return ((await get(host, publicPort, '/api/incidents')) as { incidents?: IncidentRow[] }).incidents ?? [];
}

async function get(host: string, port: number, path: string): Promise<unknown> {
  try {
    const response = await fetchDirect(`http://${host}:${port}${path}`, { signal: AbortSignal.timeout(1_000) });
    return response.ok ? await response.json() : {};
  } catch {
    return {};
  }
}
