import path from 'node:path';
import type { Incident } from '../services/monitor/incident.ts';
import { timeSpan } from '../shared/time-span.ts';
import { counted } from '../web/numbers.ts';
import { readChaosJournal } from './chaos-journal.ts';
import type { IncidentReport } from './incident-changes.ts';
import { incidentRows } from './incident-rows.ts';
import { exitTruths, score, truthsIn, type Score, type Truth } from './incident-scoring.ts';
import type { ClusterFlags } from './options.ts';
import { portBaseOf } from './run-file.ts';
import { showTable } from './table.ts';
import type { Terminal } from './terminal.ts';
import { fetchStatus, type ClusterNode } from './watchdog-client.ts';
import { printJson } from './print-json.ts';

interface JournalFlags extends ClusterFlags {
  readonly journal?: string;
}

/**
 * A fault explains incidents for this time after its end, ms: a little more than the evidence window of the monitors.
 */
const graceMs = 12_000;

/** The monitors' incidents against the faults that were injected, and against ends of processes without a fault. */
export async function scoreOfCluster(report: IncidentReport, flags: JournalFlags): Promise<Score> {
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
 * When a container ends, its watchdog ends too and forgets the exits that it saw. So if the watchdog is silent, or has
 * started after the detection, a verdict `crashed` counts as an exit.
 */
function forgotten({ id, watchedSince }: ClusterNode, incidents: readonly Incident[]): { readonly at: number }[] {
  const lost = incidents.filter((it) => it.node === id && it.verdict === 'crashed' && it.stamps.detect < watchedSince);
  return lost.map(({ stamps }) => ({ at: stamps.manifest }));
}

export function showScore(report: IncidentReport, result: Score, json: boolean, terminal: Terminal): void {
  if (json) return printJson({ since: report.since, at: report.at, ...result });
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
    showTable(terminal, kinds, [{ head: 'injected', text: ([kind]) => kind }, ...columns]);
    terminal.line('');
    const latencies = result.explained
      .filter(({ incident }) => incident.verdict)
      .map(({ incident }) => incident.stamps.detect - incident.stamps.inject!)
      .sort((a, b) => a - b);
    if (latencies.length > 0)
      terminal.line(
        `injected -> detected: median ${timeSpan(latencies[latencies.length >> 1])}, ` +
          `slowest ${timeSpan(latencies.at(-1))}; ` +
          `${counted(result.censored.length, 'fault', 'faults')} ended before any monitor noticed`,
      );
  }
  const alarms = result.falseAlarms.length;
  const paint = alarms === 0 ? terminal.good : terminal.bad;
  terminal.line(paint(`false alarms: ${alarms} (${result.falseAlarmsPerNodeHour.toFixed(3)} per node-hour)`));
  for (const line of alarms === 0 ? [] : incidentRows(result.falseAlarms, terminal)) terminal.line(line);
}
