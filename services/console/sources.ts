import { askControl, type ControlAddress } from '../../shared/control/client.ts';
import type { Topology } from '../../shared/cluster/topology.ts';
import { nodesHosting } from '../../shared/cluster/topology.ts';
import type { Verdict } from '../../shared/membership/verdict.ts';
import type { Incident } from '../monitor/contract.ts';
import { RpcError } from '../../shared/rpc/errors.ts';

/** The monitors' diagnosis of a node. */
export interface Diagnosis {
  readonly node: string;
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
}

/** A fault in effect, as the chaos controller reports it. Only people see this; detectors do not. */
export interface ActiveFault {
  readonly id: string;
  readonly kind: string;
  readonly remainingMs: number;
  /**
   * The nodes that the fault makes useless. `victims` also holds the nodes that only carry it out: for a partition, all
   * nodes.
   */
  readonly casualties: readonly string[];
  readonly victims: readonly { readonly node: string; readonly matched: number; readonly applied: number }[];
}

const chaosPath = '/api/chaos';

/** The longest wait for the data of a page, ms. */
const patienceMs = 1_000;

/** The controller waits one second for a hung target before it answers, ms. */
const faultsPatienceMs = 2 * patienceMs;

/** The controller asks every target in turn before it answers an order, ms. */
const orderPatienceMs = 10 * patienceMs;

/** Reads the data of the console from the monitors and the chaos controller, and sends orders to the controller. */
export function createSources(topology: Topology, operatorToken: string | undefined) {
  const chaos = addresses('chaos')[0];

  function addresses(component: string): ControlAddress[] {
    return nodesHosting(topology, component).map(({ host, publicPort }) => ({ host, port: publicPort }));
  }

  /** The answer of the first monitor that answers; `nothing` if none does. */
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
    /** Undefined if the controller does not answer. */
    faults: async (): Promise<readonly ActiveFault[] | undefined> => {
      if (chaos === undefined) return [];
      const answer = askControl(chaos, { path: `${chaosPath}/faults`, timeoutMs: faultsPatienceMs });
      return (await answer.catch(() => undefined)) as readonly ActiveFault[] | undefined;
    },
    /** Throws the controller's objection. */
    inject: (fault: object, target: string) => order('POST', '/faults', { ...fault, target }),
    heal: (id: string) => order('DELETE', `/faults/${encodeURIComponent(id)}`),
    halt: () => order('POST', '/halt', { reason: 'a person pressed Halt in the console' }),
  };
}
