import type { Command } from 'commander';
import { withExamples } from '../command-line.ts';
import { topologiesDir } from '../paths.ts';
import { createTerminal } from '../terminal.ts';
import { topologyOf } from '../topology.ts';
import { topologyNames } from '../../shared/cluster/topology-file.ts';
import { printTable } from '../table.ts';
import { printJson } from '../print-json.ts';

export default function topologiesCommand(command: Command): void {
  withExamples(command, ['topologies'], ['up --topology single-server', 'start one of them'])
    .option('--json', 'one JSON document on stdout')
    .action(list);
}

async function list({ json }: { readonly json?: true }): Promise<void> {
  const known = await Promise.all(
    (await topologyNames(topologiesDir)).map(async (name) => {
      const { summary, course, nodes } = await topologyOf(name, {});
      return { name, processes: nodes.length, summary, course };
    }),
  );
  if (json) return printJson({ topologies: known });
  const terminal = createTerminal(process.stdout);
  printTable(
    terminal,
    ['topology', 'processes', 'in the course'],
    known.map(({ name, processes, course = '-' }) => [name, processes, course]),
  );
  terminal.line('');
  for (const { name, summary } of known) terminal.line(`${terminal.bold(name)}: ${summary}.`);
}
