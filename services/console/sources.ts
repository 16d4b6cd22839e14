import type { Topology } from '../../shared/cluster/topology.ts';
import { nodesHosting } from '../../shared/cluster/topology.ts';
import type { Verdict } from '../../shared/membership/diagnosis.ts';
import type { Incident } from '../../shared/membership/incident.ts';
import { fromProblem, RpcError } from '../../shared/rpc/errors.ts';

/** What monitors think of a node. */
export interface Diagnosis {
  readonly node: string;
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
}

/** A fault in effect, as the chaos controller tells it. Only people read this: no detector does. */
export interface ActiveFault {
  readonly id: string;
  readonly kind: string;
  readonly remainingMs: number;
  readonly victims: readonly { readonly node: string; readonly matched: number; readonly applied: number }[];
}

/** Longer than this nobody waits for a page that shows who is alive, ms. */
const patienceMs = 1_000;

/** Where the console gets what it shows, and passes on what it is told: the public routes of monitors and of the chaos controller. */
export function createSources(topology: Topology, operatorToken: string | undefined) {
  const chaos = addresses('chaos')[0];

  function addresses(component: string): string[] {
    return nodesHosting(topology, component).map(({ host, publicPort }) => `http://${host}:${publicPort}`);
  }

  async function ask<T>(url: string): Promise<T> {
    const response = await fetch(url, { signal: AbortSignal.timeout(patienceMs) });
    if (!response.ok) throw new RpcError('unavailable', `${url} answered ${response.status}`);
    return (await response.json()) as T;
  }

  /** The first monitor that answers; `nothing` where none does. */
  async function askMonitors<T>(path: string, nothing: T): Promise<T> {
    for (const address of addresses('monitor')) {
      const answer = await ask<T>(address + path).catch(() => undefined);
      if (answer !== undefined) return answer;
    }
    return nothing;
  }

  async function order(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<void> {
    if (chaos === undefined) throw new RpcError('unavailable', 'this topology has no chaos controller');
    const response = await fetch(`${chaos}/api/chaos${path}`, {
      method,
      headers: {
        authorization: `Bearer ${operatorToken}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10 * patienceMs),
    });
    if (!response.ok) throw fromProblem(await response.json(), response.status, 'chaos');
  }

  return {
    diagnoses: async () => (await askMonitors<{ nodes: readonly Diagnosis[] }>('/api/diagnoses', { nodes: [] })).nodes,
    incidents: async () => {
      return (await askMonitors<{ incidents: readonly Incident[] }>('/api/incidents', { incidents: [] })).incidents;
    },
    /** Undefined: the controller does not answer, so nobody knows. */
    faults: async (): Promise<readonly ActiveFault[] | undefined> => {
      return chaos === undefined ? [] : ask<readonly ActiveFault[]>(`${chaos}/api/chaos/faults`).catch(() => undefined);
    },
    /** Throws what the controller says against it. */
    inject: (fault: object, target: string) => order('POST', '/faults', { ...fault, target }),
    heal: (id: string) => order('DELETE', `/faults/${encodeURIComponent(id)}`),
    halt: () => order('POST', '/halt', { reason: 'somebody pressed Halt in the console' }),
  };
}
