import type { Command } from 'commander';
import { loadComponents } from '../../services/registry.ts';
import { controlPlane } from '../../shared/cluster/control-plane.ts';
import { isStarted, startedNodes, type Topology, type TopologyNode } from '../../shared/cluster/topology.ts';
import { changeOf, type TopologyChange } from '../../shared/cluster/topology-change.ts';
import type { CurrentTopology } from '../../shared/cluster/watchdog/placement-routes.ts';
import { takenPorts } from '../../shared/cluster/watchdog/port-check.ts';
import { startWaves } from '../../shared/cluster/watchdog/start-order.ts';
import { sleep, systemScheduler } from '../../shared/time/scheduler.ts';
import { withExamples } from '../command-line.ts';
import { CommandError, UsageError } from '../errors.ts';
import { refuseTooMuchMemory } from '../memory-room.ts';
import { holdNodes, nodeOrders } from '../node-orders.ts';
import { warnWithoutProcessors, type GrowingGroup } from '../processor-room.ts';
import { refuseFewVotersLeft } from '../refuse-few-voters.ts';
import { withClusterOptions, type ClusterFlags } from '../options.ts';
import { portBaseOf } from '../run-file.ts';
import { createTerminal } from '../terminal.ts';
import { topologyOf, topologySource } from '../topology.ts';
import { untilAlive } from '../until-alive.ts';
import { waitUntil } from '../wait-until.ts';
import { takenInWords, wantedPorts } from '../wanted-ports.ts';
import { askWatchdog, fetchStatus, type ClusterNode } from '../watchdog-client.ts';

interface ApplyFlags extends ClusterFlags {
  readonly dryRun?: true;
}

/** The longest wait until a new node is ready, ms. */
const readyBoundMs = 60_000;
/**
 * The pause after each new node, ms. A new node fetches the words of the corpus in the background; two at once would
 * keep a database node busy.
 */
const settleMs = 2_000;
/** The time in which slow start gives new nodes their share of the calls, ms. The old nodes stop only after it. */
const warmMs = 10_000;
const here = '127.0.0.1';

const help = `
"apply" changes the running topology to that of the file, while users search:
  1. new nodes start, and the others learn their addresses
  2. monitors and control nodes restart one after the other, and watch the new nodes too
  3. when the new nodes have their share of the calls, the nodes that are not in the file drain and stop
  4. if nodes have stopped, monitors and control nodes restart once more
A node that stays keeps its addresses. To move a component, put it into a group with a new name. The new nodes start
before the old ones stop. "apply" refuses a change that cannot be done live. It then says why, and changes nothing.`;

export default function applyCommand(command: Command): void {
  withExamples(withClusterOptions(command), ['apply ./my-topology.json'], ['apply ./my-topology.json --dry-run'])
    .argument('<topology>', 'a name in topologies/, or the path of a topology file')
    .option('--dry-run', 'only say what would change')
    .addHelpText('after', help)
    .action(run);
}

async function run(name: string, flags: ApplyFlags): Promise<void> {
  const portBase = portBaseOf(flags.portBase);
  const wanted = await topologyOf(name, { portBase });
  const token = flags.dryRun ? undefined : await holdNodes(portBase, flags.data, 'apply');
  const { topology: running, isChanging } = (await askWatchdog(portBase, '/topology')) as CurrentTopology;
  const { nodes } = await fetchStatus(portBase);
  const change = changeOf(running, { ...wanted, tls: wanted.tls || running.tls });
  if (change.problems.length > 0)
    throw new UsageError(
      `${name} cannot be applied to the running cluster:\n` +
        `${change.problems.map((problem) => `  - ${problem}`).join('\n')}\n` +
        'Stop the cluster and start it with this topology instead.',
    );
  const terminal = createTerminal(process.stdout);
  // The steps depend on the present state of the processes. So a second "apply" continues an interrupted one.
  const { starting, leaving } = stepsOf(running, change, nodes);
  const changes = starting.length + leaving.length + change.added.length + change.removed.length;
  if (changes === 0 && change.next.name === running.name && !isChanging)
    return terminal.line('The cluster has this topology already');
  if (token === undefined) {
    for (const { id, components } of starting) terminal.line(`+ ${id} (${components.join(', ')})`);
    for (const id of leaving) terminal.line(`- ${id}`);
    const often = change.removed.length > 0 ? 'twice' : 'once';
    for (const { id } of change.next.nodes.filter(isControl)) terminal.line(`~ ${id} restarts ${often}`);
    return;
  }
  await refuseFewVotersLeft(nodes, leaving, starting);
  refuseTooMuchMemory(nodes, starting.length);
  await refuseTakenPorts(change);
  await warnWithoutProcessors(nodes, growingGroups(starting, change.next), terminal);
  const order = nodeOrders(portBase, token);
  const place = (next: Topology): Promise<unknown> =>
    askWatchdog(portBase, '/topology', { method: 'POST', token, body: { next, source: topologySource(name) } });

  /**
   * All nodes get this topology. Monitors and control nodes restart to learn it. No search needs them, so users notice
   * nothing.
   */
  const tell = async (nodes: readonly TopologyNode[]): Promise<void> => {
    await askWatchdog(portBase, '/topology/announce', { method: 'POST', token });
    for (const { id } of nodes.filter(isControl)) {
      await order(id, 'restart');
      terminal.line(`${terminal.good('✓')} ${id} has restarted and knows the current nodes`);
    }
  };

  const both = [...change.next.nodes, ...change.removed];
  await place({ ...change.next, nodes: both });
  for (const wave of startWaves(starting, await loadComponents()))
    for (const { id } of wave) {
      await order(id, 'start');
      await untilReady(portBase, id);
      await sleep(systemScheduler, settleMs);
    }
  await tell(both);
  for (const { id, standby } of starting) {
    if (!standby) await untilAlive(portBase, nodes, id);
    terminal.line(`${terminal.good('+')} ${id} serves`);
  }
  if (leaving.length > 0) await sleep(systemScheduler, warmMs);
  for (const id of leaving) {
    const serves = (await stateOf(portBase, id)) === 'ready';
    await order(id, serves ? 'retire' : 'stop');
    terminal.line(`${terminal.good('-')} ${id} has ${serves ? 'drained and ' : ''}stopped`);
  }
  if (change.removed.length > 0) {
    await place(change.next);
    await tell(change.next.nodes);
  }
  await askWatchdog(portBase, '/topology/settle', { method: 'POST', token });
}

/** The nodes that are to start, and the ids of those that are to stop. */
function stepsOf(running: Topology, { next }: TopologyChange, nodes: readonly ClusterNode[]) {
  const states = new Map(nodes.map(({ id, state }) => [id, state]));
  const isDown = (id: string): boolean => (states.get(id) ?? 'stopped') === 'stopped';
  const idleBefore = new Set(running.nodes.flatMap(({ id, idle }) => (idle ? id : [])));
  // Places that "scale" has filled stay as they are.
  const stays = new Set(next.nodes.filter(({ id, idle }) => !idle || idleBefore.has(id)).map(({ id }) => id));
  return {
    starting: next.nodes.filter((node) => isStarted(node) && isDown(node.id)),
    leaving: nodes.filter(({ id, state }) => state !== 'stopped' && !stays.has(id)).map(({ id }) => id),
  };
}

/** The groups that get nodes, and how many nodes each group has then. */
function growingGroups(starting: readonly TopologyNode[], next: Topology): readonly GrowingGroup[] {
  const groups = [...new Set(starting.map(({ group }) => group))];
  const started = startedNodes(next);
  return groups.map((name) => ({ group: name, count: started.filter(({ group }) => group === name).length }));
}

/** Monitors and control nodes. */
const isControl = ({ components }: TopologyNode): boolean => components.every((name) => controlPlane.has(name));

async function stateOf(portBase: number, id: string): Promise<ClusterNode['state'] | undefined> {
  return (await fetchStatus(portBase)).nodes.find((node) => node.id === id)?.state;
}

async function untilReady(portBase: number, id: string): Promise<void> {
  const look = async (): Promise<true | undefined> => (await stateOf(portBase, id)) === 'ready' || undefined;
  const late =
    `${id} does not start: "logs ${id}" shows why. Users notice nothing. ` +
    'Remove the cause, and repeat this command';
  await waitUntil(look, { boundMs: readyBoundMs, everyMs: 100, late });
}

async function refuseTakenPorts({ next, added }: TopologyChange): Promise<void> {
  const { ports, ownerOf } = wantedPorts(next, added, here);
  const taken = (await takenPorts(ports, here)).filter(({ port }) => port !== next.watchdogPort);
  if (taken.length > 0) throw new CommandError(`${takenInWords(taken, ownerOf)}. Nothing was changed`);
}
