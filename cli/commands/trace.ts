import type { Command } from 'commander';
import type { Trace, TraceList, TraceSummary, UsualTimes } from '../../services/traces/contract.ts';
import { counted, preciseDuration } from '../../web/numbers.ts';
import { askComponent } from '../ask-component.ts';
import { exactTime } from '../../shared/clock-time.ts';
import { type ClusterPlace, tierlab, withExamples } from '../command-line.ts';
import { UsageError } from '../errors.ts';
import { parseCount, parseSpan, withClusterOptions, type ClusterFlags } from '../options.ts';
import { dataDirOf } from '../paths.ts';
import { portBaseOf } from '../run-file.ts';
import { showTable } from '../table.ts';
import { createTerminal, type Terminal } from '../terminal.ts';
import { tierTable, usualTable } from '../trace/tier-tables.ts';
import { legend, waterfall } from '../trace/waterfall.ts';
import { fetchStatus } from '../watchdog-client.ts';
import { printJson } from '../print-json.ts';

interface TraceFlags extends ClusterFlags {
  readonly slowest?: true;
  readonly errors?: true;
  readonly since?: number;
  readonly times?: true;
  readonly limit: number;
  readonly json?: true;
}

/** Columns where the width of the terminal is not known. */
const defaultColumns = 120;

const noTrace = 'No trace is kept for this. A trace appears some seconds after its request.';

const help = `
Without an id, the command lists the kept traces: the failed and slowest requests of each second, and a random sample.
An id is a request id (header x-request-id of every answer) or a trace id. You can see every request of the last
seconds, even if its trace was not kept.

For --times, the usual request is a search. If nobody searches, it is the most frequent request.`;

export default function traceCommand(command: Command): void {
  withExamples(
    withClusterOptions(command),
    ['trace', 'the newest traces'],
    ['trace --slowest', 'the slowest ones'],
    ['trace --errors --since 10m', 'failed requests of the last ten minutes'],
    ['trace --times', 'which component takes the time of the usual request'],
  )
    .argument('[id]', 'a request id or a trace id')
    .option('--slowest', 'show the slowest requests first')
    .option('--errors', 'only failed requests')
    .option('--since <time>', 'only requests of the last 30s, 10m or 1h', parseSpan)
    .option('--times', 'show how much time of the usual request each component takes')
    .option('--limit <n>', 'how many traces', parseCount, 20)
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', help)
    .action(run);
}

async function run(id: string | undefined, flags: TraceFlags): Promise<void> {
  if (id !== undefined && (flags.slowest || flags.errors || flags.since !== undefined))
    throw new UsageError('an id names one trace: leave out --slowest, --errors and --since');
  if (flags.times && (id !== undefined || flags.slowest || flags.errors || flags.since !== undefined))
    throw new UsageError('--times is about all kept traces: leave out the id, --slowest, --errors and --since');
  const place = { portBase: portBaseOf(flags.portBase), dataDir: dataDirOf(flags.data) };
  const status = await fetchStatus(place.portBase);
  const answer = await askComponent(status, 'traces', pathOf(id, flags, status.at), 'it keeps no traces');
  if (flags.json) return printJson(answer);
  const terminal = createTerminal(process.stdout);
  if (flags.times) showTimes(answer as UsualTimes | null, terminal);
  else if (id === undefined) showList((answer as TraceList).traces, place, terminal);
  else showTrace(answer as Trace, terminal, process.stdout.columns || defaultColumns);
}

function pathOf(id: string | undefined, { slowest, errors, since, limit, times }: TraceFlags, at: number): string {
  if (times) return '/api/traces/times';
  if (id !== undefined) return `/api/traces/${encodeURIComponent(id)}`;
  const query = new URLSearchParams({ limit: String(limit) });
  if (slowest) query.set('slowest', 'true');
  if (errors) query.set('errors', 'true');
  if (since !== undefined) query.set('since', String(Math.round(at - since)));
  return `/api/traces?${query}`;
}

function showTimes(times: UsualTimes | null, terminal: Terminal): void {
  if (times === null) return terminal.line(noTrace);
  const { request, requests, durationMs } = times;
  terminal.line(
    `${terminal.bold(request)}  ${preciseDuration(durationMs)}  mean of ${counted(requests, 'request', 'requests')}`,
  );
  terminal.line('');
  for (const line of usualTable(times, terminal)) terminal.line(line);
}

function showTrace(trace: Trace, terminal: Terminal, columns: number): void {
  const { request, durationMs, outcome, hops, extraAttempts, missingSpans, requestId } = trace;
  const ended = outcome === 'ok' ? terminal.good(outcome) : terminal.bad(outcome);
  const extra = extraAttempts === 0 ? '' : `, ${counted(extraAttempts, 'extra attempt', 'extra attempts')}`;
  terminal.line(`${terminal.bold(request)}  ${preciseDuration(durationMs)}  ${ended}  ${hops} hops${extra}`);
  terminal.line(terminal.dim(`${exactTime(trace.at)}  request ${requestId}`));
  terminal.line('');
  for (const line of waterfall(trace, terminal, columns)) terminal.line(line);
  terminal.line('');
  terminal.line(legend(terminal));
  terminal.line('');
  for (const line of tierTable(trace, terminal)) terminal.line(line);
  if (missingSpans > 0)
    terminal.line(terminal.warn(`\n${missingSpans} spans are missing: a node was too busy, or its process has ended`));
}

function showList(list: readonly TraceSummary[], place: ClusterPlace, terminal: Terminal): void {
  if (list.length === 0) return terminal.line(noTrace);
  showTable(terminal, list, [
    { head: 'at', text: ({ at }) => exactTime(at) },
    { head: 'took', text: ({ durationMs }) => preciseDuration(durationMs), align: 'right' },
    {
      head: 'outcome',
      text: ({ outcome }) => outcome,
      paint: ({ outcome }) => (outcome === 'ok' ? terminal.good : terminal.bad),
    },
    { head: 'hops', text: ({ hops }) => String(hops), align: 'right' },
    { head: 'extra', text: ({ extraAttempts }) => String(extraAttempts || ''), align: 'right' },
    { head: 'request', text: ({ request }) => request },
    { head: 'kept as', text: ({ because }) => because },
    { head: 'id', text: ({ requestId }) => requestId },
  ]);
  terminal.line(terminal.dim(`\nOne of them: ${tierlab(`trace ${list[0]!.requestId}`, place)}`));
}
