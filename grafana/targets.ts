import type { Topology } from '../shared/cluster/topology.ts';

/**
 * A file of targets for Prometheus (file_sd): every node's ops port, with the node's name, tier and topology on every
 * series.
 */
export function targets(topology: Topology): string {
  const groups = topology.nodes.map((node) => ({
    targets: [`${node.host}:${node.opsPort}`],
    labels: { node: node.id, tier: node.group, topology: topology.name },
  }));
  return `${JSON.stringify(groups, null, 2)}\n`;
}
