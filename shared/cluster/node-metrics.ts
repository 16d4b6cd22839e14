import type { Server } from 'node:net';
import type { Metrics } from '../observe/metrics.ts';
import { version } from '../version.ts';
import type { TopologyNode } from './topology.ts';

/** What the node is for. In PromQL, a join with this metric adds these labels to any other metric of the node. */
export function nodeInfo(metrics: Metrics, { group, shard, components }: TopologyNode): void {
  const names = ['tier', 'shard', 'components', 'version'];
  const info = metrics.gauge('tierlab_node_info', '1; the labels say what the node is for', names);
  info.set({ tier: group, shard: String(shard ?? ''), components: components.join(','), version }, 1);
}

interface Connections {
  /** The servers that listen for calls and for people. */
  readonly data: () => readonly Server[];
  readonly ops: () => readonly Server[];
  /** Connections to other nodes. */
  readonly out: () => number;
}

/** The open connections of a node, in both directions. */
export function connectionMetrics(metrics: Metrics, { data, ops, out }: Connections): void {
  metrics.gauge(
    'tierlab_connections_open',
    'Open connections: `data` from callers and people, `ops` from operators and Prometheus, `out` to other nodes',
    ['kind'],
    async (gauge) => {
      gauge.set({ kind: 'data' }, await countAll(data()));
      gauge.set({ kind: 'ops' }, await countAll(ops()));
      gauge.set({ kind: 'out' }, out());
    },
  );
}

async function countAll(servers: readonly Server[]): Promise<number> {
  const counts = await Promise.all(servers.map(connectionsOf));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** A server that has closed meanwhile has no connections. */
function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve) => server.getConnections((error, count) => resolve(error ? 0 : count)));
}
