import { askControl, type ControlAddress } from '../../shared/control/client.ts';
import type { Topology } from '../../shared/cluster/topology.ts';
import { nodesHosting } from '../../shared/cluster/topology.ts';
import type { Verdict } from '../../shared/membership/verdict.ts';
import type { Incident } from '../monitor/contract.ts';
import { RpcError } from '../../shared/rpc/errors.ts';

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
  /** The nodes that it makes useless; those that merely carry it out are victims too: all nodes, for a partition. */
  readonly casualties: readonly string[];
  readonly victims: readonly { readonly node: string; readonly matched: number; readonly applied: number }[];
}

const chaosPath = '/api/chaos';

/** Longer than this nobody waits for a page that shows who is alive, ms. */
const patienceMs = 1_000;

/** The controller gives a victim that hangs a second before it tells of the others, ms. */
const faultsPatienceMs = 2 * patienceMs;

/** A controller asks every victim in turn before it answers an order, ms. */
const orderPatienceMs = 10 * patienceMs;

/**
 * Where the console gets what it shows, and passes on what it is told: the public routes of monitors and of the chaos
 * controller.
 */
export function createSources(topology: Topology, operatorToken: string | undefined) {
  const chaos = addresses('chaos')[0];

  function addresses(component: string): ControlAddress[] {
    return nodesHosting(topology, component).map(({ host, publicPort }) => ({ host, port: publicPort }));
  }

  /** The first monitor that answers; `nothing` where none does. */
  async function askMonitors<T>(path: string, nothing: T): Promise<T> {
    for (const address of addresses('monitor')) {
      const answer = await askControl(address, { path, timeoutMs: patienceMs }).catch(() => undefined);
      if (answer !== undefined) return answer as T;
    }
    return nothing;
  }

  async function order(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<void> {
    if (chaos === undefined) throw new RpcError('unavailable', 'this topology has no chaos controller');
    await askControl(chaos, { method, path: chaosPath + path, body, token: operatorToken, timeoutMs: orderPatienceMs });
  }

  return {
    diagnoses: async () => (await askMonitors<{ nodes: readonly Diagnosis[] }>('/api/diagnoses', { nodes: [] })).nodes,
    incidents: async () => {
      return (await askMonitors<{ incidents: readonly Incident[] }>('/api/incidents', { incidents: [] })).incidents;
    },
    /** Undefined: the controller does not answer, so nobody knows. */
    faults: async (): Promise<readonly ActiveFault[] | undefined> => {
      if (chaos === undefined) return [];
      const answer = askControl(chaos, { path: `${chaosPath}/faults`, timeoutMs: faultsPatienceMs });
      return (await answer.catch(() => undefined)) as readonly ActiveFault[] | undefined;
    },
    /** Throws what the controller says against it. */
    inject: (fault: object, target: string) => order('POST', '/faults', { ...fault, target }),
    heal: (id: string) => order('DELETE', `/faults/${encodeURIComponent(id)}`),
    halt: () => order('POST', '/halt', { reason: 'somebody pressed Halt in the console' }),
  };
}
