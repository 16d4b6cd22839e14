import path from 'node:path';
import type { Command } from 'commander';
import { clockTime } from '../clock-time.ts';
import { withExamples } from '../command-line.ts';
import { orderWords, phases, type Incident, type Stamps } from '../../services/monitor/incident.ts';
import { exitTruths, score, truthsIn, type Score, type Truth } from '../incident-scoring.ts';
import { readChaosJournal } from '../chaos-journal.ts';
import { createIncidentChanges, type IncidentReport } from '../incident-changes.ts';
import { onInterrupt } from '../interrupt.ts';
import { askMonitor, askOtherMonitors } from '../monitors.ts';
import { withClusterOptions, type ClusterFlags } from '../options.ts';
import { portBaseOf } from '../run-file.ts';
import { timeSpan } from '../../shared/time-span.ts';
import { sleep, systemScheduler } from '../../shared/time/scheduler.ts';
import { table } from '../table.ts';
import { createTerminal, type Terminal } from '../terminal.ts';
import { fetchStatus, type ClusterNode } from '../watchdog-client.ts';

interface IncidentFlags extends ClusterFlags {
  readonly json?: true;
  readonly watch?: true;
  readonly score?: true;
  readonly journal?: string;
  readonly doubts?: true;
}

/**
 * A fault explains incidents for this time after its end, ms: a little more than the evidence window of the monitors.
 */
const graceMs = 12_000;
const watchEveryMs = 500;

export function incidents(command: Command): void {
  withExamples(withClusterOptions(command), ['incidents'], ['incidents --watch'], ['incidents --score --json'])
    .option('--json', 'one JSON document on stdout')
    .option('--watch', 'keep running, and print every change')
    .option('--doubts', 'also suspicions that were not confirmed')
    .option('--score', 'compare with the injected faults: the diagnosis of each, missed faults, false alarms')
    .option('--journal <file>', "the injector's journal, for --score (default: that of this cluster)")
    .addHelpText('after', help)
    .action(run);
}

const help = `
"-" as detection: no user or caller saw a bad answer before the monitors had a doubt, so the incident begins with that
doubt. Slow nodes are found like this.`;

async function run(flags: IncidentFlags): Promise<void> {
  const terminal = createTerminal(process.stdout);
  if (flags.score) {
    const report = await fetchAll(flags);
    return showScore(report, await scored(report, flags), flags, terminal);
  }
  const report = await fetchIncidents(flags);
  if (flags.json && !flags.watch) return void process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
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

/** The first sign of some failures is the doubt itself: nobody saw a wrong or refused answer before it. */
const detection = ({ manifest, detect }: Stamps): string => (manifest === detect ? '-' : timeSpan(detect - manifest));

const repairs = ({ orders }: Incident): string => orders.map(orderWords).join(', ') || '-';

function rows(list: readonly Incident[], terminal: Terminal): readonly string[] {
  const paint = ({ outcome }: Incident) =>
    outcome === 'open' ? terminal.bad : outcome === 'repaired' ? terminal.good : String;
  return table(
    list,
    [
      { head: 'began', text: ({ stamps }) => clockTime(stamps.manifest), width: 8 },
      { head: 'node', text: ({ node }) => node, width: 12 },
      { head: 'diagnosis', text: ({ verdict }) => verdict ?? 'in doubt', width: 11 },
      { head: 'detection', text: ({ stamps }) => detection(stamps), align: 'right' },
      { head: '+ diagnosis', text: ({ stamps }) => timeSpan(phases(stamps).diagnosisMs), align: 'right' },
      { head: '+ fix', text: ({ stamps }) => timeSpan(phases(stamps).fixMs), align: 'right' },
      { head: '= time to repair', text: ({ stamps }) => timeSpan(phases(stamps).repairMs), align: 'right' },
      { head: 'outcome', text: ({ outcome }) => outcome, paint, width: 8 },
      { head: 'orders', text: repairs },
    ],
    terminal.dim,
  );
}

function showAll({ monitor, since, at, incidents: list }: IncidentReport, terminal: Terminal): void {
  const open = list.filter(({ outcome }) => outcome === 'open').length;
  const count = `${list.length} incident${list.length === 1 ? '' : 's'}`;
  terminal.line(`${terminal.bold(count)} in ${timeSpan(at - since)}, ${open} open ${terminal.dim(`(${monitor})`)}`);
  if (list.length === 0) return;
  terminal.line('');
  const [head, ...lines] = rows(list, terminal);
  terminal.line(head!);
  for (const [i, line] of lines.entries()) {
    terminal.line(line);
    const [reason] = list[i]!.reasons;
    if (reason) terminal.line(terminal.dim(`          ${reason}`));
  }
}

/**
 * Prints a line for every change of an incident until it is interrupted. It waits for a cluster that does not answer.
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
    for (const it of changed) terminal.line(flags.json ? JSON.stringify(it) : rows([it], terminal)[1]!);
    ({ monitor } = report);
  };
  note(news.read({ ...first, incidents: [] }).notes);
  if (!flags.json) terminal.line(rows([], terminal)[0]!);
  tell(first);
  for (;;) {
    await sleep(systemScheduler, watchEveryMs, signal).catch(() => undefined);
    if (signal.aborted) return;
    await fetchIncidents(flags, monitor).then(tell, (error: Error) => note(news.missed(error.message)));
  }
}

async function scored(report: IncidentReport, flags: IncidentFlags): Promise<Score> {
  const portBase = portBaseOf(flags.portBase);
  const { entries } = await readChaosJournal(flags, flags.journal && path.resolve(flags.journal));
  const isWatched = ({ injectedAt }: Truth) => injectedAt >= report.since && injectedAt <= report.at;
  const injected = truthsIn(entries).filter(isWatched);
  const { nodes } = await fetchStatus(portBase);
  const ended = nodes.map((node) => ({ id: node.id, exits: [...node.exits, ...forgotten(node, report.incidents)] }));
  const truths = [...injected, ...exitTruths(ended, injected, graceMs).filter(isWatched)];
  // An incident without a verdict is a doubt, not an alarm.
  const incidents = report.incidents.map((it) => (it.verdict ? it : { ...it, outcome: 'doubt' as const }));
  return score(truths, incidents, { nodes: nodes.length, observedMs: report.at - report.since, graceMs });
}

/**
 * When a container ends, its watchdog ends too and forgets the exits that it saw. So a watchdog that is silent, or was
 * started later, confirms a crash.
 */
function forgotten({ id, watchedSince }: ClusterNode, incidents: readonly Incident[]): { readonly at: number }[] {
  const lost = incidents.filter((it) => it.node === id && it.verdict === 'crashed' && it.stamps.detect < watchedSince);
  return lost.map(({ stamps }) => ({ at: stamps.manifest }));
}

function showScore(report: IncidentReport, result: Score, { json }: IncidentFlags, terminal: Terminal): void {
  if (json)
    return void process.stdout.write(`${JSON.stringify({ since: report.since, at: report.at, ...result }, null, 2)}\n`);
  const kinds = Object.entries(result.confusion).sort(([a], [b]) => a.localeCompare(b));
  terminal.line(`${terminal.bold('Injected against diagnosed')}, ${timeSpan(report.at - report.since)} watched\n`);
  if (kinds.length === 0) terminal.line('Nothing was injected in this time.');
  else {
    const said = [...new Set(kinds.flatMap(([, row]) => Object.keys(row)))].sort();
    const columns = said.map((name) => ({
      head: name,
      text: ([, row]: (typeof kinds)[number]) => String(row[name] ?? '·'),
      align: 'right' as const,
    }));
    for (const line of table(kinds, [{ head: 'injected', text: ([kind]) => kind }, ...columns], terminal.dim))
      terminal.line(line);
    terminal.line('');
    const latencies = result.explained
      .filter(({ incident }) => incident.verdict)
      .map(({ incident }) => incident.stamps.detect - incident.stamps.inject!)
      .sort((a, b) => a - b);
    if (latencies.length > 0)
      terminal.line(
        `injected -> detected: median ${timeSpan(latencies[latencies.length >> 1])}, ` +
          `slowest ${timeSpan(latencies.at(-1))}; ` +
          `${result.censored.length} ended before anybody saw them`,
      );
  }
  const alarms = result.falseAlarms.length;
  const paint = alarms === 0 ? terminal.good : terminal.bad;
  terminal.line(paint(`false alarms: ${alarms} (${result.falseAlarmsPerNodeHour.toFixed(3)} per node-hour)`));
  for (const line of alarms === 0 ? [] : rows(result.falseAlarms, terminal)) terminal.line(line);
}
