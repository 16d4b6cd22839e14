import { Option, type Command } from 'commander';
import { tierlab, withExamples } from '../command-line.ts';
import type { AvailabilityReport } from '../../services/monitor/availability-report.ts';
import type { Availability } from '../../services/monitor/availability.ts';
import type { IncidentReport } from '../incident-changes.ts';
import { askMonitor } from '../monitors.ts';
import { withClusterOptions, type ClusterFlags } from '../options.ts';
import { portBaseOf } from '../run-file.ts';
import { timeSpan } from '../../shared/time-span.ts';
import { counted } from '../../web/numbers.ts';
import { parseNeeded, parseShare, predictAvailability, type PredictionFlags } from '../predict-availability.ts';
import { shareWithNines } from '../share-with-nines.ts';
import { type Column, showTable } from '../table.ts';
import { createTerminal, type Terminal } from '../terminal.ts';
import { printJson } from '../print-json.ts';

interface AvailabilityFlags extends ClusterFlags, PredictionFlags {
  readonly predict?: true;
  readonly json?: true;
  readonly all?: true;
}

export default function availabilityCommand(command: Command): void {
  withExamples(withClusterOptions(command), ['availability'], ['availability --predict --each 0.95'])
    .option('--all', 'also show services and nodes that never failed')
    .option('--predict', 'compute the availability of the topology, beside the observed one')
    .option('--topology <name>', 'with --predict: the topology (default: that of the running cluster)')
    .option(
      '--each <share>',
      'with --predict: every node is up for this share of the time (default: as observed)',
      parseShare,
    )
    .option('--common-cause <share>', 'with --predict: this share of failures hits all replicas at once', parseShare)
    .addOption(
      new Option('--needed <component=count>', 'with --predict: how many replicas must be up (repeatable)')
        .argParser(parseNeeded)
        .default({}, '1 of each component'),
    )
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', help)
    .action(run);
}

const help = `
Availability = (MTBF - MTTR) / MTBF, with MTTR = detection + diagnosis + fix.
An overloaded node that refuses calls has not failed. "load" measures the answers that users get.`;

async function run(flags: AvailabilityFlags): Promise<void> {
  if (flags.predict) return predictAvailability(flags);
  const portBase = portBaseOf(flags.portBase);
  const report = (await askMonitor(portBase, '/api/availability')) as AvailabilityReport & { monitor: string };
  if (flags.json) return printJson(report);
  const terminal = createTerminal(process.stdout);
  const { nodes, services, whole, from, to, monitor } = report;
  terminal.line(`${terminal.bold(whole.name)}, watched for ${timeSpan(to - from)} ${terminal.dim(`(${monitor})`)}\n`);
  show([whole], [], terminal);
  terminal.line('');
  // A service that never failed, although each of its replicas did, shows the benefit of replicas.
  const troubled = services.filter(({ failures, expected }) => flags.all || failures > 0 || expected < 1);
  if (troubled.length > 0) {
    show(
      troubled,
      [
        { head: 'replicas', text: ({ replicas }) => String(replicas), align: 'right' },
        { head: 'if independent', text: ({ expected }) => shareWithNines(expected), align: 'right' },
      ],
      terminal,
    );
    terminal.line('');
  }
  const failed = nodes.filter(({ failures }) => flags.all || failures > 0);
  if (failed.length > 0) {
    const part = (head: string, key: 'detectionMs' | 'diagnosisMs' | 'fixMs'): Column<Availability> => ({
      head,
      text: (row) => timeSpan(row[key]),
      align: 'right',
    });
    show(
      failed,
      [
        part('detection', 'detectionMs'),
        part('+ diagnosis', 'diagnosisMs'),
        part('+ fix', 'fixMs'),
        {
          head: '(MTBF-MTTR)/MTBF',
          text: ({ formula }) => (formula === undefined ? '-' : shareWithNines(formula)),
          align: 'right',
        },
      ],
      terminal,
    );
  }
  const well = { service: services.length - troubled.length, node: nodes.length - failed.length };
  const words = Object.entries(well).flatMap(([what, count]) => (count === 0 ? [] : counted(count, what, `${what}s`)));
  if (words.length > 0) terminal.line(terminal.dim(`${words.join(' and ')} never failed (--all shows them)`));
  const turnedAway = await overloads(portBase, monitor);
  if (turnedAway !== undefined) terminal.line(terminal.dim(turnedAway));
}

/** Why users may still have seen errors; undefined if no node refused calls. */
async function overloads(portBase: number, monitor: string): Promise<string | undefined> {
  const report = (await askMonitor(portBase, '/api/incidents', monitor).catch(() => undefined)) as
    | IncidentReport
    | undefined;
  const overloaded = report?.incidents.filter(({ verdict }) => verdict === 'overloaded') ?? [];
  if (overloaded.length === 0) return undefined;
  const nodes = new Set(overloaded.map(({ node }) => node)).size;
  const times = counted(overloaded.length, 'time', 'times');
  const refused = `${counted(nodes, 'node', 'nodes')} refused calls, ${times} in all, because there were too many`;
  return (
    `${refused}. That is not a failure of the node, so it is not counted. What users get: ` +
    tierlab('load', { portBase })
  );
}

function show<B extends Availability>(
  availabilities: readonly B[],
  more: readonly Column<B>[],
  terminal: Terminal,
): void {
  const columns: Column<B>[] = [
    { head: 'name', text: ({ name }) => name },
    {
      head: 'up',
      text: ({ measured }) => shareWithNines(measured),
      align: 'right',
      paint: ({ measured }) => (measured >= 0.999 ? terminal.good : terminal.bad),
    },
    { head: 'failures', text: ({ failures }) => String(failures), align: 'right' },
    { head: 'MTBF', text: ({ mtbfMs }) => timeSpan(mtbfMs), align: 'right' },
    { head: 'MTTR', text: ({ mttrMs }) => timeSpan(mttrMs), align: 'right' },
  ];
  showTable(terminal, availabilities, [...columns, ...more]);
}
