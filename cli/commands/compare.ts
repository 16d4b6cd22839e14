import { type Command, InvalidArgumentError } from 'commander';
import { styles } from '../../search/making.ts';
import { measureAll, type MeasuredTopology, type MeasureOptions } from '../compare/measure.ts';
import { comparedComponents, comparedStyles } from '../compare/architecture.ts';
import { comparedAnswers, documentOf, tracesOf } from '../compare/document.ts';
import { type ComparedRow, rowsOfBothStyles, rowsOfStyle } from '../compare/rows.ts';
import { withExamples } from '../command-line.ts';
import { printJson } from '../print-json.ts';
import { UsageError } from '../errors.ts';
import { onInterrupt } from '../interrupt.ts';
import { parseCount, parseFolder } from '../options.ts';
import { type Column, showTable } from '../table.ts';
import { createTerminal, type Terminal } from '../terminal.ts';

interface CompareFlags extends MeasureOptions {
  readonly json?: true;
}

const help = `
The command starts both topologies in turn (A B A B ...), at free ports. Another cluster may run at the same time. Each
topology answers the same searches in the object-based and in the layered style. The traces of these searches show hops,
messages, and which node called which. The kernel's counters show the bytes. Load shows latency and capacity. At the
end, one node of each kind is killed, and users send searches in both styles while it is down.
"By arithmetic": computed from the topology file, not measured. Spread: the least and the greatest value of the rounds.
A load changes the figures of the next load. So odd rounds load the object-based style first, and even rounds load the
layered style first. Compare the styles only after an even number of rounds.`;

export default function compareCommand(command: Command): void {
  withExamples(command, ['compare single-server multitier'], ['compare multi-server service-across-servers --json'])
    .argument('<A>', 'a name in topologies/, or the path of a topology file')
    .argument('<B>', 'the topology to compare with A')
    .option('--rounds <n>', 'how often each topology is started and measured', parseCount, 2)
    .option('--rate <n>', 'searches per second for the latency', parseCount, 20)
    .option('--seconds <n>', 'length of each load; each round sends two loads in each style', parseSeconds, 5)
    .option('--no-crashes', 'kill no node')
    .option('--data <dir>', 'the folder of data sets, logs and run files (default ./data)', parseFolder)
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
    signal.addEventListener('abort', () => tell('the comparison stops after the present step'), { once: true });
    return measureAll([a, b], flags, tell, signal);
  });
  if (flags.json) return printJson(documentOf(measured));
  const [first, second] = measured;
  const terminal = createTerminal(process.stdout);
  const show = (rows: readonly ComparedRow[]): void => {
    showTable(terminal, rows, bothColumns(first, second));
    terminal.line('');
  };
  for (const style of styles) {
    terminal.line(`In the ${style} style, from ${tracesOf(measured, style)} traces`);
    show(rowsOfStyle(first, second, style));
  }
  terminal.line('In both styles');
  show(rowsOfBothStyles(first, second));
  showArchitecture(first, second, terminal);
  terminal.line('');
  const { compared, differing } = comparedAnswers(measured);
  terminal.line(
    differing === 0
      ? terminal.good(`Both gave the same answers to ${compared} searches in each style.`)
      : terminal.bad(`The answers to ${differing} of ${compared} searches differ.`),
  );
}

const bothColumns = (first: MeasuredTopology, second: MeasuredTopology): readonly Column<ComparedRow>[] => [
  { head: '', text: ({ what }) => what },
  { head: first.name, text: ({ a }) => a },
  { head: second.name, text: ({ b }) => b },
];

/** Components, functions and relationships: which component does what, where it runs, and who called whom. */
function showArchitecture(first: MeasuredTopology, second: MeasuredTopology, terminal: Terminal): void {
  const place = (nodes: readonly string[]) => (nodes.length > 3 ? `${nodes.length} nodes` : nodes.join(', '));
  const components = comparedComponents(first, second);
  showTable(terminal, components, [
    { head: 'component', text: ({ name }) => name },
    { head: first.name, text: ({ a }) => place(a) },
    { head: second.name, text: ({ b }) => place(b) },
    { head: 'function', text: ({ purpose }) => purpose },
  ]);
  for (const { style, traces, relations } of comparedStyles(first, second)) {
    if (traces === 0) continue;
    terminal.line('');
    const source = `from ${traces} traces (in brackets: by arithmetic)`;
    terminal.line(`Who called whom in the ${style} style: calls per search, ${source}`);
    showTable(terminal, relations, bothColumns(first, second));
  }
}
