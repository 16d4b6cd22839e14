import type { Command } from 'commander';
import type { Tuned, TunedOperation } from '../../shared/rpc/tuning.ts';
import { chooseNodes } from '../choose-nodes.ts';
import { withClusterOptions, type ClusterFlags } from '../options.ts';
import { portBaseOf } from '../run-file.ts';
import { createTerminal, type Terminal } from '../terminal.ts';
import { askPort, fetchStatus } from '../watchdog-client.ts';

interface TuneFlags extends ClusterFlags {
  readonly node?: readonly string[];
  readonly explain?: true;
  readonly json?: true;
}

interface Tuning {
  readonly node: string;
  readonly server: readonly Tuned[];
  readonly calls: readonly TunedOperation[];
}

export function tune(command: Command): void {
  withClusterOptions(command)
    .option('--explain', 'why each value is what it is')
    .option('--node <id...>', 'only these nodes')
    .option('--json', 'everything as one JSON document on stdout')
    .addHelpText('after', '\nExamples:\n  $ tierlab tune --explain --node app-1')
    .action(run);
}

async function run(flags: TuneFlags): Promise<void> {
  const { nodes } = await fetchStatus(portBaseOf(flags.portBase));
  const { ready } = chooseNodes(nodes, flags.node);
  const tunings = (await Promise.all(ready.map(({ opsPort }) => askPort(opsPort, '/admin/tuning')))) as Tuning[];
  if (flags.json) return void process.stdout.write(`${JSON.stringify(tunings, null, 2)}\n`);
  const terminal = createTerminal(process.stdout);
  for (const tuning of tunings) show(tuning, terminal, flags.explain === true);
}

function show({ node, server, calls }: Tuning, terminal: Terminal, explain: boolean): void {
  terminal.line(terminal.bold(node));
  const line = ({ what, value, unit, why }: Tuned): void => {
    const amount = value === null ? '-' : `${rounded(value)} ${unit}`;
    terminal.line(`    ${what.padEnd(16)} ${amount.padStart(10)}${explain ? `   ${terminal.dim(why)}` : ''}`);
  };
  terminal.line('  serving');
  for (const tuned of server) line(tuned);
  for (const call of calls) {
    const known = call.p50Ms === null ? '' : `, p50 ${rounded(call.p50Ms)} ms, p95 ${rounded(call.p95Ms!)} ms`;
    terminal.line(`  calling ${call.operation} ${terminal.dim(`(${whole(call.samples)} samples${known})`)}`);
    for (const tuned of call.tuned) line(tuned);
  }
}

function rounded(value: number): string {
  return value < 10 ? value.toFixed(1) : whole(value);
}

/** Forgetting makes a fraction of a count. */
function whole(count: number): string {
  return Math.round(count).toLocaleString('en');
}
