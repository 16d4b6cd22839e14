import type { ControlAddress, ControlClient } from '../../shared/control/client.ts';
import type { Topology } from '../../shared/cluster/topology.ts';
import { nodesHosting } from '../../shared/cluster/topology.ts';
import type { Verdict } from '../../shared/membership/verdict.ts';
import type { View } from '../../shared/membership/view.ts';
import { targetPatienceMs } from '../chaos/contract.ts';
import type { AvailabilityReport, Incident, StateChange } from '../monitor/contract.ts';
import type { UsualTimes } from '../traces/contract.ts';
import { RpcError } from '../../shared/rpc/errors.ts';

/** The monitors' diagnosis of a node. */
export interface NodeDiagnosis {
  readonly node: string;
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
}

/** The view of one monitor, its last changes of states, and the monitor that takes out nodes that limp or lie. */
export type LedView = View & { readonly leader?: string; readonly changes: readonly StateChange[] };

/** A fault in effect, as the chaos controller reports it. Only people see this; detectors do not. */
export interface ReportedFault {
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

/** The controller waits for a hung target before it answers, and then needs some time of its own, ms. */
export const faultsPatienceMs = targetPatienceMs + patienceMs;

/** The controller observes the steady state and waits for every target before it answers an order, ms. */
const orderPatienceMs = 10 * patienceMs;

/** The number of incidents that a page gets: the last ones. */
const shownIncidents = 200;

/** Reads the data of the console from the monitors and the chaos controller, and sends orders to the controller. */
export function createSources(topology: Topology, control: ControlClient, operatorToken: string | undefined) {
  const chaos = addresses('chaos')[0];
  /** The monitor that answered last comes first. */
  let monitors = addresses('monitor');

  function addresses(component: string): readonly ControlAddress[] {
    return nodesHosting(topology, component).map(({ host, publicPort }) => ({ host, port: publicPort }));
  }

  /** The answer of the first monitor that answers; undefined if none does. */
  async function askMonitors<T>(path: string): Promise<T | undefined> {
    for (const address of monitors) {
      const answer = await control(address, { path, timeoutMs: patienceMs }).catch(() => undefined);
      if (answer === undefined) continue;
      monitors = [address, ...monitors.filter((other) => other !== address)];
      return answer as T;
    }
    return undefined;
  }

  /** The node of a component that exists once. */
  function the(component: string, name: string): ControlAddress {
    const [address] = addresses(component);
    if (address === undefined) throw new RpcError('unavailable', `this topology has no ${name}`);
    return address;
  }
  const controller = () => the('chaos', 'chaos controller');
  const collector = () => the('traces', 'component traces');

  const order = (method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown> =>
    control(controller(), {
      method,
      path: chaosPath + path,
      body,
      token: operatorToken,
      timeoutMs: orderPatienceMs,
    });

  return {
    view: () => askMonitors<LedView>('/api/view'),
    diagnoses: () => askMonitors<{ readonly nodes: readonly NodeDiagnosis[] }>('/api/diagnoses'),
    availability: () => askMonitors<AvailabilityReport>('/api/availability'),
    /** The last incidents, oldest first. */
    incidents: async () =>
      (await askMonitors<{ readonly incidents: readonly Incident[] }>(`/api/incidents?last=${shownIncidents}`))
        ?.incidents,
    /** Undefined if the controller does not answer; none without a controller. */
    faults: async (): Promise<readonly ReportedFault[] | undefined> => {
      if (chaos === undefined) return [];
      const answer = control(chaos, { path: `${chaosPath}/faults`, timeoutMs: faultsPatienceMs });
      return (await answer.catch(() => undefined)) as readonly ReportedFault[] | undefined;
    },
    /** The kept requests; `query` as in `slowest=true`. */
    traces: (query: string) => control(collector(), { path: `/api/traces?${query}`, timeoutMs: patienceMs }),
    /** One request with all its spans, by the id of the request or of the trace. */
    trace: (id: string) =>
      control(collector(), { path: `/api/traces/${encodeURIComponent(id)}`, timeoutMs: 3 * patienceMs }),
    /** Where the time of the usual request goes; null without requests, undefined without an answer. */
    times: async (): Promise<UsualTimes | null | undefined> => {
      const answer = control(collector(), { path: '/api/traces/times', timeoutMs: patienceMs });
      return (await answer.catch(() => undefined)) as UsualTimes | null | undefined;
    },
    /** Every kind of fault with the schema of its parameters. */
    kinds: () => control(controller(), { path: `${chaosPath}/kinds`, timeoutMs: patienceMs }),
    /** Throws the controller's objection. */
    inject: (fault: unknown) => order('POST', '/faults', fault),
    /** The nodes that would be hit, and the objections. */
    dryRun: (fault: unknown) => order('POST', '/faults?dryRun=true', fault),
    heal: (id: string) => order('DELETE', `/faults/${encodeURIComponent(id)}`),
    halt: () => order('POST', '/halt', { reason: 'a person pressed Halt in the console' }),
  };
}

export type Sources = ReturnType<typeof createSources>;
