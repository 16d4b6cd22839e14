import { type Command, InvalidArgumentError } from 'commander';
import { measureAll, type MeasureOptions } from '../compare/measure.ts';
import { comparisonRows } from '../compare/rows.ts';
import { withExamples } from '../command-line.ts';
import { UsageError } from '../errors.ts';
import { onInterrupt } from '../interrupt.ts';
import { parseCount } from '../options.ts';
import { table } from '../table.ts';
import { createTerminal } from '../terminal.ts';

interface CompareFlags extends MeasureOptions {
  readonly json?: true;
}

const help = `
Both topologies are started in turn (A B A B ...) at ports of their own, beside a cluster that may be running. Each
answers the same searches. Hops and messages come from the traces of these searches, bytes from the kernel's counters,
latency and capacity from load. At the end, one node of each kind is killed, and users send searches while it is down.
"By arithmetic" is what the topology file alone says. The spread is the least and the greatest value of the rounds.`;

export function compare(command: Command): void {
  withExamples(command, ['compare single-server multitier'], ['compare multi-server service-across-servers --json'])
    .argument('<A>', 'a name in topologies/, or the path of a topology file')
    .argument('<B>', 'another one')
    .option('--rounds <n>', 'how often each is started and measured', parseCount, 2)
    .option('--rate <n>', 'searches per second for the latency', parseCount, 20)
    .option('--seconds <n>', 'length of each load', parseSeconds, 5)
    .option('--no-crashes', 'kill no node')
    .option('--data <dir>', 'the folder of data sets, logs and run files (default ./data)')
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', help)
    .action(run);
}

function parseSeconds(text: string): number {
  const seconds = parseCount(text);
  if (seconds > 60) throw new InvalidArgumentError('a whole number of seconds from 1 to 60 is wanted.');
  return seconds;
}

async function run(a: string, b: string, flags: CompareFlags): Promise<void> {
  if (flags.rounds > 10) throw new UsageError('--rounds: at most 10');
  const progress = createTerminal(process.stderr);
  const measured = await onInterrupt((signal) =>
    measureAll([a, b], flags, (line) => progress.line(progress.dim(line)), signal),
  );
  const [first, second] = measured;
  const differing = first.sessions[0]!.answers.filter((answer, i) => answer !== second.sessions[0]!.answers[i]).length;
  if (flags.json) {
    const traces = measured.flatMap(({ sessions }) => sessions.flatMap(({ hops }) => hops)).length;
    const document = {
      measuredFrom: `${traces} traces`,
      answers: { compared: first.sessions[0]!.answers.length, differing },
      topologies: measured.map(({ sessions, ...rest }) => ({
        ...rest,
        sessions: sessions.map(({ hops, bytes }) => ({ hops, messages: hops.map((n) => 2 * n), bytes })),
      })),
    };
    return void process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  }
  const terminal = createTerminal(process.stdout);
  const columns = [
    { head: '', text: ({ what }: Row) => what },
    { head: first.name, text: ({ a: text }: Row) => text },
    { head: second.name, text: ({ b: text }: Row) => text },
  ];
  type Row = ReturnType<typeof comparisonRows>[number];
  for (const line of table(comparisonRows(first, second), columns, terminal.dim)) terminal.line(line);
  terminal.line('');
  terminal.line(
    differing === 0
      ? terminal.good(`Both gave the same answers to ${first.sessions[0]!.answers.length} searches.`)
      : terminal.bad(`${differing} of ${first.sessions[0]!.answers.length} answers differ.`),
  );
}
