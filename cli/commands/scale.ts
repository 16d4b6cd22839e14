import { type Command, InvalidArgumentError } from 'commander';
import { mostReplicas } from '../../shared/cluster/topology.ts';
import { withExamples } from '../command-line.ts';
import { UsageError } from '../errors.ts';
import { refuseTooMuchMemory } from '../memory-room.ts';
import { warnWithoutProcessors } from '../processor-room.ts';
import { holdNodes, nodeOrders } from '../node-orders.ts';
import { refuseFewVotersLeft } from '../refuse-few-voters.ts';
import { withClusterOptions, type ClusterFlags } from '../options.ts';
import { portBaseOf } from '../run-file.ts';
import { createTerminal } from '../terminal.ts';
import { untilAlive } from '../until-alive.ts';
import { fetchStatus, type ClusterNode } from '../watchdog-client.ts';

interface Wanted {
  readonly group: string;
  readonly count: number;
}

const help = `
In the topology file, "replicas" says how many nodes a group can have, and "started" how many of them run at first. A
new node gets calls as soon as the monitors call it alive. A node drains before it stops, so the calls of other nodes do
not fail. But users of a gateway or client that stops lose requests, because they do not know that it drains. "scale"
neither starts nor stops standbys. It starts no node if the free memory is too small, and warns you if more nodes can be
busy than there are processors.`;

export default function scaleCommand(command: Command): void {
  withExamples(withClusterOptions(command), ['scale ranking=3'], ['scale ranking=1 query=2'])
    .argument('<group=count...>', 'how many nodes a group of the topology shall have (in each shard)', parseWanted)
    .addHelpText('after', help)
    .action(run);
}

function parseWanted(text: string, before: readonly Wanted[] = []): readonly Wanted[] {
  const [, group, count] = /^([a-z][a-z0-9-]*)=(\d+)$/.exec(text) ?? [];
  if (group === undefined || Number(count) < 1)
    throw new InvalidArgumentError('a group and a number from 1 are wanted, such as ranking=3.');
  if (Number(count) > mostReplicas) throw new InvalidArgumentError(`a group has at most ${mostReplicas} nodes.`);
  if (before.some((it) => it.group === group)) throw new InvalidArgumentError(`${group} is named twice.`);
  return [...before, { group, count: Number(count) }];
}

async function run(wanted: readonly Wanted[], flags: ClusterFlags): Promise<void> {
  const portBase = portBaseOf(flags.portBase);
  const token = await holdNodes(portBase, flags.data, 'scale');
  const { nodes } = await fetchStatus(portBase);
  const replicas = nodes.filter(({ standby }) => standby === undefined);
  const changes = wanted.map((it) => changeOf(replicas, it));
  refuseTooMuchMemory(nodes, changes.flatMap(({ start }) => start).length);
  const leaving = changes.flatMap(({ retire }) => retire.map(({ id }) => id));
  await refuseFewVotersLeft(
    nodes,
    leaving,
    changes.flatMap(({ start }) => start),
  );
  const terminal = createTerminal(process.stdout);
  const growing = changes.flatMap(({ group, start, running }) =>
    start.length > 0 ? { group, count: running + start.length } : [],
  );
  await warnWithoutProcessors(nodes, growing, terminal);
  const order = nodeOrders(portBase, token);
  for (const { group, start, retire } of changes) {
    for (const { id } of start) {
      await order(id, 'start');
      await untilAlive(portBase, nodes, id);
      terminal.line(`${terminal.good('+')} ${id} serves`);
    }
    for (const { id } of retire) {
      await order(id, 'retire');
      terminal.line(`${terminal.good('-')} ${id} has drained and stopped`);
    }
    if (start.length + retire.length === 0) terminal.line(`${group} has as many nodes as it should`);
  }
}

interface Change {
  readonly group: string;
  /** How many of its nodes run now. */
  readonly running: number;
  readonly start: readonly ClusterNode[];
  readonly retire: readonly ClusterNode[];
}

/** Which nodes to start, the first places first, and which to stop, the last ones first. */
function changeOf(nodes: readonly ClusterNode[], { group, count }: Wanted): Change {
  const groupOf = ({ id }: ClusterNode): string => id.replace(/(-\d+)+$/, '');
  const places = nodes.filter((node) => groupOf(node) === group);
  if (places.length === 0)
    throw new UsageError(`there is no group ${group}; there are ${[...new Set(nodes.map(groupOf))].join(', ')}`);
  const parts = [...Map.groupBy(places, ({ shard }) => shard).values()];
  const fewest = Math.min(...parts.map((part) => part.length));
  if (count > fewest)
    throw new UsageError(
      `${group}=${count}: the topology has places for ${fewest}. "replicas" in its file says how many, ` +
        'and "started" how many of them run at first',
    );
  return {
    group,
    running: places.filter(({ state }) => state !== 'stopped').length,
    start: parts.flatMap((part) => part.slice(0, count).filter(({ state }) => state === 'stopped')),
    retire: parts.flatMap((part) =>
      part
        .slice(count)
        .filter(({ state }) => state === 'ready')
        .toReversed(),
    ),
  };
}
