import { publicPortOf } from '../shared/cluster/ports.ts';
import { CommandError } from './errors.ts';
import { askPort, type ClusterStatus } from './watchdog-client.ts';

/** Asks the node that hosts the component. `without`: the reason to show if the topology has no such component. */
export function askComponent(
  { topology, nodes }: ClusterStatus,
  component: string,
  path: string,
  without: string,
): Promise<unknown> {
  const node = nodes.find(({ components }) => components.includes(component));
  if (!node) throw new CommandError(`topology ${topology} has no component "${component}": ${without}`);
  return askPort({ host: node.host, port: publicPortOf(node, component) }, path, { timeoutMs: 10_000 });
}
