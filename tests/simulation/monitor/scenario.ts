import { noEvidence, type CallEvidence } from '../../../shared/membership/call-evidence.ts';
import type { SimulatedCluster } from '../../../labs/kit/simulated-cluster.ts';

/** Seven nodes: two monitors, three that are called, two that call. */
export const small = [
  { name: 'monitor', components: ['monitor'], replicas: 2 },
  { name: 'ranking', components: ['ranking'], replicas: 3 },
  { name: 'app', components: ['app'], replicas: 2 },
];

/** Two nodes of each kind. */
export const pair = small.map((tier) => ({ ...tier, replicas: 2 }));

export const stateOf = (cluster: SimulatedCluster, node: string, at = 'app-1') =>
  cluster.viewOf(at)?.members.find((member) => member.node === node)?.state;

export const seen = (node: string, more: Partial<CallEvidence> = {}): CallEvidence => ({
  node,
  group: 'ranking',
  ...noEvidence,
  ok: 10,
  medianMs: 2,
  ...more,
});

/** The network loses everything from and to `node`. */
export const cutOff = ({ topology, network }: SimulatedCluster, node: string): void =>
  network.partition([[node], topology.nodes.map(({ id }) => id).filter((id) => id !== node)]);

/** Both callers report with every beat until `untilMs`. */
export async function reporting(
  cluster: SimulatedCluster,
  untilMs: number,
  evidence: readonly CallEvidence[],
): Promise<void> {
  while (cluster.sim.clock.now() < untilMs) {
    for (const caller of ['app-1', 'app-2']) cluster.sees(caller, ...evidence);
    await cluster.sim.run(cluster.sim.clock.now() + 500);
  }
}
