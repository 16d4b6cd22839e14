import type { Metrics } from '../observe/metrics.ts';
import type { Clock } from '../time/clock.ts';
import type { Callee } from './callees.ts';
import type { Budgets } from './layers/retries/budget.ts';
import type { Observe } from './layers/events.ts';
import type { Peers } from './layers/replicas/peers.ts';
import type { PolicyHolder } from './policy.ts';

interface Sources {
  readonly clock: Clock;
  readonly callees: readonly Callee[];
  readonly peers: Peers;
  readonly budget: Budgets;
  readonly policy: PolicyHolder;
}

const circuitStates = ['closed', 'half_open', 'open'] as const;
type CircuitState = (typeof circuitStates)[number];

/**
 * Gauges of the present decisions of the middleware about the components that this node calls. Returns the observer of
 * events.
 */
export function middlewareGauges(metrics: Metrics, { clock, callees, peers, budget, policy }: Sources): Observe {
  metrics.gauge(
    'tierlab_rpc_ejected',
    '1 while this node keeps the replica out of its choice',
    ['component', 'endpoint'],
    (gauge) => {
      for (const { contract, endpoints } of callees)
        for (const endpoint of endpoints) gauge.set({ component: contract.component, endpoint }, 0);
      for (const { component, peers: replicas } of peers.groups())
        for (const { node, ejection } of replicas.values())
          if (ejection.until > clock.now()) gauge.set({ component, endpoint: node }, 1);
    },
  );
  metrics.gauge(
    'tierlab_rpc_retry_budget_ratio',
    'The part of the budget for extra attempts that is left in the replica group with the emptiest budget',
    ['component'],
    (gauge) => {
      for (const { contract } of callees) gauge.set({ component: contract.component }, budget.left(contract.component));
    },
  );

  /** By replica group. When the breaker gets new settings, its circuits start again, so this map is emptied, too. */
  const circuits = new Map<string, CircuitState>();
  let settings = policy.current.breaker;
  const forgetOld = (): void => {
    if (policy.current.breaker === settings) return;
    settings = policy.current.breaker;
    circuits.clear();
  };
  metrics.gauge(
    'tierlab_rpc_circuit_state',
    'How many replica groups of the component have their circuit in this state',
    ['component', 'state'],
    (gauge) => {
      forgetOld();
      for (const { contract, groups } of callees)
        for (const state of circuitStates) {
          const count = groups.filter((group) => (circuits.get(group) ?? 'closed') === state).length;
          gauge.set({ component: contract.component, state }, count);
        }
    },
  );
  return function observe(event) {
    if (event.event !== 'circuit') return;
    forgetOld();
    circuits.set(event.component, event.state);
  };
}
