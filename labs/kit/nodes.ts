import type { LabCluster, LabNode } from '../runner/lab.ts';

/** The nodes of a lab's cluster that host a component. */
export const nodesOf = ({ nodes }: Pick<LabCluster, 'nodes'>, component: string): readonly LabNode[] =>
  nodes.filter(({ components }) => components.includes(component));

/** The first node that hosts it. The lab's topology must have one. */
export const nodeOf = (cluster: Pick<LabCluster, 'nodes'>, component: string): LabNode =>
  nodesOf(cluster, component)[0]!;
