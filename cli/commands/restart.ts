import type { Command } from 'commander';
import { requireKnown } from '../choose-nodes.ts';
import { namedPlace, tierlab, withExamples } from '../command-line.ts';
import { UsageError } from '../errors.ts';
import { holdNodes, nodeOrders } from '../node-orders.ts';
import { withClusterOptions, type ClusterFlags } from '../options.ts';
import { portBaseOf } from '../run-file.ts';
import { createTerminal } from '../terminal.ts';
import { untilAlive } from '../until-alive.ts';
import { fetchStatus, type ClusterNode } from '../watchdog-client.ts';

interface RestartFlags extends ClusterFlags {
  readonly rolling?: true;
  readonly node?: readonly string[];
}

const help = `
Each node drains before it stops: callers use other replicas. The next node follows when the monitors call this node
alive again. --rolling leaves out nodes without a replica, because their requests would fail. --node restarts them, too.
The port of a restarting gateway or client is closed for a moment, and its users notice this.`;

export default function restartCommand(command: Command): void {
  withExamples(withClusterOptions(command), ['restart --rolling'], ['restart --node ranking-1 query-2'])
    .option('--rolling', 'every node that has a replica, one after the other')
    .option('--node <id...>', 'these nodes, one after the other')
    .addHelpText('after', help)
    .action(run);
}

async function run(flags: RestartFlags): Promise<void> {
  if ((flags.rolling === undefined) === (flags.node === undefined))
    throw new UsageError(
      'say which nodes: --rolling for all that have a replica, or --node with their names\n' +
        `Example: ${tierlab('restart --rolling', namedPlace())}`,
    );
  const portBase = portBaseOf(flags.portBase);
  const order = nodeOrders(portBase, await holdNodes(portBase, flags.data, 'restart'));
  const { nodes } = await fetchStatus(portBase);
  requireKnown(nodes, flags.node ?? []);
  // Replicas that are in the topology, but that "scale" has not started, have no process.
  const running = nodes.filter(({ state }) => state !== 'stopped');
  const chosen = flags.node
    ? flags.node.map((id) => nodes.find((node) => node.id === id)!)
    : running.filter((node) => hasReplica(nodes, node));
  const terminal = createTerminal(process.stdout);
  const leftOut = running.filter((node) => flags.rolling && !chosen.includes(node)).map(({ id }) => id);
  for (const [i, { id }] of chosen.entries()) {
    const startedAt = performance.now();
    await order(id, 'restart');
    await untilAlive(portBase, nodes, id);
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    terminal.line(`${terminal.good('✓')} ${id} ${terminal.dim(`${i + 1} of ${chosen.length}, ${seconds} s`)}`);
  }
  if (leftOut.length > 0) terminal.line(`Left out, because they have no replica: ${leftOut.join(', ')}`);
}

/** Whether another node that is ready does the same work. */
function hasReplica(nodes: readonly ClusterNode[], { id, components, shard }: ClusterNode): boolean {
  return nodes.some(
    (other) =>
      other.id !== id &&
      other.state === 'ready' &&
      other.shard === shard &&
      other.components.join() === components.join(),
  );
}
