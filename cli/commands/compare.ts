import { type Command, InvalidArgumentError } from 'commander';
import { measureAll, type Measured, type MeasureOptions } from '../compare/measure.ts';
import { comparedComponents, comparedStyles } from '../compare/architecture.ts';
import { comparisonRows } from '../compare/rows.ts';
import { withExamples } from '../command-line.ts';
import { UsageError } from '../errors.ts';
import { onInterrupt } from '../interrupt.ts';
import { parseCount } from '../options.ts';
import { table } from '../table.ts';
import { createTerminal, type Terminal } from '../terminal.ts';

interface CompareFlags extends MeasureOptions {
  readonly json?: true;
}

const help = `
Both topologies are started in turn (A B A B ...) at ports of their own, beside a cluster that may be running. Each
answers the same searches. Hops and messages come from the traces of these searches, bytes from the kernel's counters,
latency and capacity from load. Who called whom comes from traces of searches in both styles. At the end, one node of
each kind is killed, and users send searches while it is down.
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
  const tell = (line: string): void => progress.line(progress.dim(line));
  const measured = await onInterrupt((signal) => {
    signal.addEventListener('abort', () => tell('stopping, after the present step'), { once: true });
    return measureAll([a, b], flags, tell, signal);
  });
  const [first, second] = measured;
  const differing = first.sessions[0]!.answers.filter((answer, i) => answer !== second.sessions[0]!.answers[i]).length;
  if (flags.json) {
    const traces = measured
      .flatMap(({ sessions }) => sessions.flatMap(({ styles }) => styles.map((it) => it.traces)))
      .reduce((sum, count) => sum + count, 0);
    const document = {
      measuredFrom: `${traces} traces`,
      answers: { compared: first.sessions[0]!.answers.length, differing },
      components: comparedComponents(first, second),
      topologies: measured.map(({ sessions, topology: _topology, ...rest }) => ({
        ...rest,
        sessions: sessions.map(({ hops, bytes, styles }) => ({
          hops,
          messages: hops.map((n) => 2 * n),
          bytes,
          styles: styles.map(({ traces: count, ...style }) => ({ measuredFrom: `${count} traces`, ...style })),
        })),
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
  showArchitecture(first, second, terminal);
  terminal.line('');
  terminal.line(
    differing === 0
      ? terminal.good(`Both gave the same answers to ${first.sessions[0]!.answers.length} searches.`)
      : terminal.bad(`${differing} of ${first.sessions[0]!.answers.length} answers differ.`),
  );
}

/** Components, functions and relationships: which component does what, where it runs, and who called whom. */
function showArchitecture(first: Measured, second: Measured, terminal: Terminal): void {
  const place = (nodes: readonly string[]) => (nodes.length > 3 ? `${nodes.length} nodes` : nodes.join(', '));
  const components = comparedComponents(first, second);
  type Component = (typeof components)[number];
  terminal.line('');
  const columns = [
    { head: 'component', text: ({ name }: Component) => name },
    { head: first.name, text: ({ a }: Component) => place(a) },
    { head: second.name, text: ({ b }: Component) => place(b) },
    { head: 'function', text: ({ purpose }: Component) => purpose },
  ];
  for (const line of table(components, columns, terminal.dim)) terminal.line(line);
  for (const { style, traces, relations } of comparedStyles(first, second)) {
    if (traces === 0) continue;
    type Relation = (typeof relations)[number];
    terminal.line('');
    terminal.line(`Who called whom in the ${style} style: calls per search, from ${traces} traces (by arithmetic)`);
    const heads = [
      { head: '', text: ({ what }: Relation) => what },
      { head: first.name, text: ({ a }: Relation) => a },
      { head: second.name, text: ({ b }: Relation) => b },
    ];
    for (const line of table(relations, heads, terminal.dim)) terminal.line(line);
  }
}
