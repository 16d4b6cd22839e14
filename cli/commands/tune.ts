import type { Command } from 'commander';
import { withExamples } from '../command-line.ts';
import type { Tuned, TunedOperation } from '../../shared/rpc/tuning.ts';
import { askNodes, failureLine } from '../ask-nodes.ts';
import { chooseNodes, statesOf } from '../choose-nodes.ts';
import { CommandError } from '../errors.ts';
import { withClusterOptions, type ClusterFlags } from '../options.ts';
import { portBaseOf } from '../run-file.ts';
import { createTerminal, type Terminal } from '../terminal.ts';
import { askPort, fetchStatus } from '../watchdog-client.ts';
import { printJson } from '../print-json.ts';

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

export default function tuneCommand(command: Command): void {
  withExamples(withClusterOptions(command), ['tune --explain --node app-1'])
    .option('--explain', 'the reason for each value')
    .option('--node <id...>', 'only these nodes')
    .option('--json', 'everything as one JSON document on stdout')
    .action(run);
}

async function run(flags: TuneFlags): Promise<void> {
  const { nodes } = await fetchStatus(portBaseOf(flags.portBase));
  const { ready, leftOut } = chooseNodes(nodes, flags.node);
  const asked = await askNodes(ready, ({ host, opsPort }) => askPort({ host, port: opsPort }, '/admin/tuning'));
  // A node may die between the two questions. The answers of the others still count.
  if (asked.answers.size === 0) throw new CommandError(failureLine(asked, 'did not answer'));
  const tunings = [...asked.answers.values()] as Tuning[];
  const terminal = createTerminal(flags.json ? process.stderr : process.stdout);
  if (flags.json) printJson(tunings);
  else showAll(tunings, flags, terminal);
  if (leftOut.length > 0) terminal.line(terminal.dim(`left out, because not ready: ${statesOf(leftOut)}`));
  if (asked.failures.size > 0) terminal.line(terminal.bad(failureLine(asked, 'did not answer')));
}

/** Nodes without values share a line, unless they were asked for by name. */
function showAll(tunings: readonly Tuning[], flags: TuneFlags, terminal: Terminal): void {
  const silent = flags.node ? [] : tunings.filter(saysNothing);
  for (const tuning of tunings) if (!silent.includes(tuning)) show(tuning, terminal, flags.explain === true);
  if (silent.length === 0) return;
  const ids = silent.map(({ node }) => node).join(', ');
  terminal.line(
    terminal.dim(`${silent.length} of ${tunings.length} nodes make no calls, and have chosen no values: ${ids}`),
  );
}

const saysNothing = ({ server, calls }: Tuning): boolean =>
  calls.length === 0 && server.every(({ value }) => value === null);

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

/** Counts are fractions, because the histogram forgets exponentially. */
function whole(count: number): string {
  return Math.round(count).toLocaleString('en');
}
