import type { Command } from 'commander';
import { withExamples } from '../command-line.ts';
import { readNode, showNumbers } from '../node-numbers.ts';
import { withClusterOptions, type ClusterFlags } from '../options.ts';
import { portBaseOf } from '../run-file.ts';
import { showTable } from '../table.ts';
import { createTerminal } from '../terminal.ts';
import { fetchStatus, type ClusterStatus } from '../watchdog-client.ts';
import { printJson } from '../print-json.ts';

interface StatusFlags extends ClusterFlags {
  readonly json?: true;
}

const help = `
"restarts" counts how often the watchdog started the node again, with the last reason: crash (the process ended or was
killed), repair (a monitor ordered it), fault (a fault that kept it down is over), or operator. In a container, this
command asks the watchdogs of all containers. A node is "silent" if its watchdog does not answer.`;

export default function statusCommand(command: Command): void {
  withExamples(withClusterOptions(command), ['status'], ['status app-1'], ['status --json'])
    .argument('[node]', 'show the calls, latencies and load of this node, in the last five seconds')
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', help)
    .action(runStatus);
}

async function runStatus(node: string | undefined, flags: StatusFlags): Promise<void> {
  const status = await fetchStatus(portBaseOf(flags.portBase));
  if (node === undefined) return showAll(status, flags);
  const now = await readNode(status, node);
  if (flags.json) printJson({ id: node, ...now });
  else showNumbers(node, now, createTerminal(process.stdout));
}

function showAll({ topology, nodes }: ClusterStatus, flags: StatusFlags): void {
  if (flags.json) {
    const rows = nodes.map(({ id, components, port, opsPort, pid, state, restarts, lastRestart }) => {
      return { id, components, port, opsPort, pid, state, restarts, lastRestart };
    });
    printJson({ topology, nodes: rows });
    return;
  }
  const terminal = createTerminal(process.stdout);
  const ready = nodes.filter((node) => node.state === 'ready').length;
  terminal.line(`${terminal.bold(topology)}: ${ready} of ${nodes.length} ready\n`);
  showTable(terminal, nodes, [
    { head: 'node', text: ({ id }) => id },
    {
      head: 'state',
      text: ({ state }) => state,
      paint: ({ state }) => (state === 'ready' ? terminal.good : terminal.bad),
    },
    { head: 'port', text: ({ port }) => String(port), align: 'right' },
    { head: 'ops', text: ({ opsPort }) => String(opsPort), align: 'right' },
    { head: 'pid', text: ({ pid }) => String(pid ?? '-'), align: 'right' },
    { head: 'restarts', text: ({ restarts, lastRestart }) => (restarts === 0 ? '' : `${restarts} (${lastRestart})`) },
  ]);
}
