import { InvalidArgumentError } from 'commander';
import type { AvailabilityReport } from '../services/monitor/availability-report.ts';
import { predict, type PredictedService } from '../services/monitor/prediction.ts';
import { partsOf } from '../shared/cluster/topology.ts';
import { counted } from '../web/numbers.ts';
import { CommandError, UsageError } from './errors.ts';
import { askMonitor } from './monitors.ts';
import type { ClusterFlags } from './options.ts';
import { dataDirOf } from './paths.ts';
import { portBaseOf, readRunFile } from './run-file.ts';
import { shareWithNines } from './share-with-nines.ts';
import { type Column, showTable } from './table.ts';
import { createTerminal } from './terminal.ts';
import { topologyOf } from './topology.ts';
import { fetchStatus } from './watchdog-client.ts';
import { printJson } from './print-json.ts';

export interface PredictionFlags extends ClusterFlags {
  readonly topology?: string;
  readonly each?: number;
  readonly commonCause?: number;
  readonly needed: Readonly<Record<string, number>>;
  readonly json?: true;
}

export function parseShare(text: string): number {
  const value = Number(text);
  if (!/^\d*\.?\d+$/.test(text) || value > 1)
    throw new InvalidArgumentError('a share from 0 to 1 is wanted, such as 0.95.');
  return value;
}

export function parseNeeded(text: string, before: Readonly<Record<string, number>>): Record<string, number> {
  const [, component, count] = /^([a-z]+)=(\d+)$/.exec(text) ?? [];
  if (component === undefined || Number(count) < 1)
    throw new InvalidArgumentError('a component and a number from 1 are wanted, such as database=2.');
  return { ...before, [component]: Number(count) };
}

/** Prints what a topology promises, and beside it what the monitors of the running cluster observed, if one runs. */
export async function predictAvailability(flags: PredictionFlags): Promise<void> {
  const portBase = portBaseOf(flags.portBase);
  const running = flags.topology === undefined ? await runningTopology(flags) : undefined;
  const topology = await topologyOf(flags.topology ?? running!, {});
  for (const [component, count] of Object.entries(flags.needed)) {
    const parts = partsOf(topology, component).map((nodes) => nodes.length);
    const fewest = parts.length === 0 ? 0 : Math.min(...parts);
    if (fewest >= count) continue;
    const there = `${counted(fewest, 'node', 'nodes')} with ${component}`;
    const where = parts.length > 1 ? ' for each shard' : '';
    throw new UsageError(`--needed ${component}=${count}: ${topology.name} has ${there}${where}`);
  }
  const observed =
    running === undefined ? undefined : ((await askMonitor(portBase, '/api/availability')) as AvailabilityReport);
  const measured = new Map(observed?.nodes.map((node) => [node.name, node.measured]));
  if (flags.each === undefined && observed === undefined)
    throw new UsageError('--each is needed with --topology, because no node was observed. For example: --each 0.95');
  const { services, whole, stopTheWhole } = predict(topology, {
    availabilityOf: (node) => flags.each ?? measured.get(node) ?? 1,
    commonCause: flags.commonCause ?? 0,
    needed: flags.needed,
  });
  const observedOf = (name: string): number | undefined =>
    observed?.services.find((service) => service.name === name)?.measured;
  const rows = [
    ...services.map((service) => ({ ...service, observed: observedOf(service.name) })),
    { name: 'whole', parts: 0, replicas: 0, needed: 0, predicted: whole, observed: observed?.whole.measured },
  ];
  const assumed = { nodes: flags.each ?? 'observed', commonCause: flags.commonCause ?? 0 };
  if (flags.json) {
    const { observed: seen, predicted } = rows.at(-1)!;
    const all = { topology: topology.name, assumed, services: rows.slice(0, -1), whole: { predicted, observed: seen } };
    return printJson({ ...all, stopTheWhole });
  }
  const terminal = createTerminal(process.stdout);
  const up = flags.each === undefined ? 'as observed' : `for ${shareWithNines(flags.each)} of the time`;
  const together =
    assumed.commonCause > 0 ? `, and ${shareWithNines(assumed.commonCause)} of failures hit all replicas at once` : '';
  terminal.line(`${terminal.bold(topology.name)}: each node is up ${up}${together}\n`);
  const columns: Column<(typeof rows)[number]>[] = [
    { head: 'name', text: ({ name }) => name },
    { head: 'needs', text: (row) => (row.name === 'whole' ? 'all that users need' : needs(row)) },
    { head: 'predicted', text: ({ predicted }) => shareWithNines(predicted), align: 'right' },
    { head: 'chance of failure', text: ({ predicted }) => chance(1 - predicted), align: 'right' },
    {
      head: 'observed',
      text: (row) => (row.observed === undefined ? '-' : shareWithNines(row.observed)),
      align: 'right',
    },
  ];
  showTable(terminal, rows, columns);
  terminal.line('');
  terminal.line(
    stopTheWhole.length === 0
      ? 'No single node can stop the whole.'
      : `Each of these alone stops the whole: ${stopTheWhole.join(', ')}`,
  );
}

const needs = ({ needed, replicas, parts }: PredictedService): string =>
  `${needed} of ${replicas}${parts > 1 ? ` in each of ${parts} shards` : ''}`;

const chance = (p: number): string => (p < 1e-12 ? '0' : p < 0.001 ? p.toExponential(2) : p.toFixed(4));

/** The name or the file of the running topology. */
async function runningTopology({ portBase: base, data, each }: PredictionFlags): Promise<string> {
  const portBase = portBaseOf(base);
  const { topology } = await fetchStatus(portBase).catch((error: Error) => {
    const hint = each === undefined ? '--topology and --each predict' : '--topology predicts';
    throw new CommandError(`${error.message}\nWithout a running cluster, ${hint} from the file alone.`);
  });
  return readRunFile(dataDirOf(data), portBase)?.topologySource ?? topology;
}
