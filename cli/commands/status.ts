import type { Command } from 'commander';
import { withExamples } from '../command-line.ts';
import { withClusterOptions, type ClusterFlags } from '../options.ts';
import { portBaseOf } from '../run-file.ts';
import { createTerminal } from '../terminal.ts';
import { fetchStatus } from '../watchdog-client.ts';

interface StatusFlags extends ClusterFlags {
  readonly json?: true;
}

const help = `
Restarts are those by the watchdog, with the reason of the last one: crash (it ended by itself, or was killed), repair (ordered by a
monitor), fault (one that held it down is over), operator. In a container the watchdogs of all containers are asked; "silent" is the node of one
that is away.`;

export function status(command: Command): void {
  withExamples(withClusterOptions(command), ['status'], ['status --json'])
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', help)
    .action(runStatus);
}

async function runStatus(flags: StatusFlags): Promise<void> {
  const { topology, nodes } = await fetchStatus(portBaseOf(flags.portBase));
  if (flags.json) {
    const rows = nodes.map(({ id, components, port, opsPort, pid, state, restarts, lastRestart }) => {
      return { id, components, port, opsPort, pid, state, restarts, lastRestart };
    });
    process.stdout.write(`${JSON.stringify({ topology, nodes: rows }, null, 2)}\n`);
    return;
  }
  const terminal = createTerminal(process.stdout);
  const ready = nodes.filter((node) => node.state === 'ready').length;
  terminal.line(`${terminal.bold(topology)}: ${ready} of ${nodes.length} ready\n`);
  terminal.line(
    terminal.dim(
      `${'node'.padEnd(16)} ${'state'.padEnd(10)} ${'port'.padStart(5)} ${'ops'.padStart(5)} ${'pid'.padStart(8)}  restarts`,
    ),
  );
  for (const node of nodes) {
    const paint = node.state === 'ready' ? terminal.good : terminal.bad;
    const pid = String(node.pid ?? '-').padStart(8);
    const restarts = node.restarts === 0 ? '' : `${node.restarts} (${node.lastRestart})`;
    terminal.line(
      `${node.id.padEnd(16)} ${paint(node.state.padEnd(10))} ${String(node.port).padStart(5)} ${String(node.opsPort).padStart(5)} ${pid}  ${restarts}`.trimEnd(),
    );
  }
}
