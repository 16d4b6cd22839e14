import type { Command } from 'commander';
import { withExamples } from '../command-line.ts';
import { createIncidentChanges, type IncidentReport } from '../incident-changes.ts';
import { incidentRows } from '../incident-rows.ts';
import { scoreOfCluster, showScore } from '../cluster-score.ts';
import { onInterrupt } from '../interrupt.ts';
import { askMonitor, askOtherMonitors } from '../monitors.ts';
import { withClusterOptions, type ClusterFlags } from '../options.ts';
import { portBaseOf } from '../run-file.ts';
import { timeSpan } from '../../shared/time-span.ts';
import { counted } from '../../web/numbers.ts';
import { sleep, systemScheduler } from '../../shared/time/scheduler.ts';
import { createTerminal, type Terminal } from '../terminal.ts';
import { printJson } from '../print-json.ts';

interface IncidentFlags extends ClusterFlags {
  readonly json?: true;
  readonly watch?: true;
  readonly score?: true;
  readonly journal?: string;
  readonly doubts?: true;
}

const watchEveryMs = 500;

export default function incidentsCommand(command: Command): void {
  withExamples(withClusterOptions(command), ['incidents'], ['incidents --watch'], ['incidents --score --json'])
    .option('--json', 'one JSON document on stdout')
    .option('--watch', 'keep running, and print every change')
    .option('--doubts', 'also show suspicions that were not confirmed')
    .option('--score', 'compare with the injected faults: right and wrong diagnoses, missed faults, false alarms')
    .option('--journal <file>', "the injector's journal, for --score (default: that of this cluster)")
    .addHelpText('after', help)
    .action(run);
}

const help = `
"-" in the column "detection": the monitors suspected the node before any caller got a bad answer. Then the incident
begins with the suspicion.`;

async function run(flags: IncidentFlags): Promise<void> {
  const terminal = createTerminal(process.stdout);
  if (flags.score) {
    const report = await fetchAll(flags);
    return showScore(report, await scoreOfCluster(report, flags), flags.json === true, terminal);
  }
  const report = await fetchIncidents(flags);
  if (flags.json && !flags.watch) return printJson(report);
  if (!flags.watch) return showAll(report, terminal);
  await onInterrupt((signal) => watch(report, flags, terminal, signal));
}

/** The incidents of all monitors, with every doubt, because doubts count in the score. */
async function fetchAll(flags: IncidentFlags, monitor?: string): Promise<IncidentReport> {
  const portBase = portBaseOf(flags.portBase);
  const report = (await askMonitor(portBase, '/api/incidents', monitor)) as IncidentReport;
  // No monitor logs its own end; the other monitors do.
  const others = (await askOtherMonitors(portBase, '/api/incidents', report.monitor)) as readonly IncidentReport[];
  const ends = others.flatMap(({ incidents: list }) => list.filter(({ node }) => node === report.monitor));
  const incidents = [...report.incidents, ...ends].sort((a, b) => a.stamps.manifest - b.stamps.manifest);
  return { ...report, incidents };
}

/** Without `--doubts`, suspicions that were not confirmed are left out. */
async function fetchIncidents(flags: IncidentFlags, monitor?: string): Promise<IncidentReport> {
  const report = await fetchAll(flags, monitor);
  return flags.doubts
    ? report
    : { ...report, incidents: report.incidents.filter((it) => it.outcome !== 'doubt' && it.verdict) };
}

function showAll({ monitor, since, at, incidents: list }: IncidentReport, terminal: Terminal): void {
  const open = list.filter(({ outcome }) => outcome === 'open').length;
  const count = counted(list.length, 'incident', 'incidents');
  terminal.line(`${terminal.bold(count)} in ${timeSpan(at - since)}, ${open} open ${terminal.dim(`(${monitor})`)}`);
  if (list.length === 0) return;
  terminal.line('');
  const [head, ...lines] = incidentRows(list, terminal);
  terminal.line(head!);
  for (const [i, line] of lines.entries()) {
    terminal.line(line);
    const [reason] = list[i]!.reasons;
    if (reason) terminal.line(terminal.dim(`          ${reason}`));
  }
}

/**
 * Prints a line for every change of an incident, until the user interrupts the command. If the cluster does not answer,
 * the command waits for it.
 */
async function watch(
  first: IncidentReport,
  flags: IncidentFlags,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const aside = flags.json ? createTerminal(process.stderr) : terminal;
  const note = (notes: readonly string[]): void => notes.forEach((it) => aside.line(aside.dim(it)));
  const news = createIncidentChanges();
  let { monitor } = first;
  const tell = (report: IncidentReport): void => {
    const { notes, incidents: changed } = news.read(report);
    note(notes);
    for (const it of changed) terminal.line(flags.json ? JSON.stringify(it) : incidentRows([it], terminal)[1]!);
    ({ monitor } = report);
  };
  note(news.read({ ...first, incidents: [] }).notes);
  if (!flags.json) terminal.line(incidentRows([], terminal)[0]!);
  tell(first);
  for (;;) {
    await sleep(systemScheduler, watchEveryMs, signal).catch(() => undefined);
    if (signal.aborted) return;
    await fetchIncidents(flags, monitor).then(tell, (error: Error) => note(news.missed(error.message)));
  }
}
