import type { NodeLive, NodeNow, Snapshot } from '../services/console/live/snapshot.ts';
import { latency, percent, rate } from '../services/console/page/quantities.ts';
import { askComponent } from './ask-component.ts';
import { requireKnown } from './choose-nodes.ts';
import type { Terminal } from './terminal.ts';
import type { ClusterStatus } from './watchdog-client.ts';

/** What the console knows about a node now. `state` is `unknown` before the first snapshot of the console. */
export async function readNode(status: ClusterStatus, id: string): Promise<NodeNow> {
  requireKnown(status.nodes, [id]);
  const now = (await askComponent(
    status,
    'console',
    '/api/now',
    'nobody reads the numbers of nodes',
  )) as Snapshot | null;
  return now?.nodes[id] ?? { state: 'unknown' };
}

/** The numbers of a node over the last five seconds, as its page of the console shows them. */
export function showNumbers(id: string, { state, verdict, live }: NodeNow, terminal: Terminal): void {
  const diagnosis = verdict === undefined || verdict === 'healthy' ? '' : `, ${verdict}`;
  terminal.line(`${terminal.bold(id)}: ${state}${diagnosis}\n`);
  if (live === undefined) return terminal.line('Its ops port does not answer, so there are no numbers.');
  for (const [name, value] of numbersOf(live)) terminal.line(`${terminal.dim(name.padEnd(11))}  ${value}`);
}

function numbersOf({ served, inFlight, longestWaitMs, busy, lagMs, circuits, memoryMb }: NodeLive) {
  const open = Object.entries(circuits).map(([name, word]) => `${name} ${word}`);
  return [
    ['calls', rate(served.rate)],
    ['succeed', served.ok === undefined ? '–' : percent(served.ok)],
    ['median', latency(served.p50)],
    ['slowest 1%', latency(served.p99)],
    ['in flight', `${inFlight}, ${longestWaitMs === undefined ? 'no limit' : `wait up to ${latency(longestWaitMs)}`}`],
    ['event loop', `${percent(busy)} busy, ${latency(lagMs)} late`],
    ['circuits', open.length === 0 ? 'closed' : open.join(', ')],
    ['memory', `${memoryMb} MB`],
  ] as const;
}
