import type { Verdict } from '../../../shared/membership/verdict.ts';
import { orderWords, type Incident } from '../../monitor/incident.ts';
import type { RepairOrder } from '../../monitor/contract.ts';
import type { NodeNow } from '../live/snapshot.ts';
import type { Tone } from '../tone.ts';
import type { Moment } from './moment.ts';
import { percent } from './quantities.ts';

/** The first line of the page: what is wrong, where, since when, and what the system does about it. */
export interface Headline {
  readonly tone: Tone;
  readonly what: string;
  /** The node that it is about. */
  readonly node?: string;
  readonly since?: number;
  /** What the system does about it. */
  readonly doing?: string;
  /** What users notice. */
  readonly users: string;
  /** How many further nodes have a problem. */
  readonly others: number;
}

const verdictWords: Readonly<Record<Verdict, string>> = {
  healthy: 'serves well again',
  crashed: 'has crashed',
  hung: 'hangs',
  limping: 'limps',
  lying: 'lies',
  partitioned: 'is cut off',
  overloaded: 'is overloaded',
};

/** States that mean a problem although no incident is open. */
const stateWords: Partial<Record<NodeNow['state'], string>> = {
  dead: 'is silent, and callers avoid it',
  suspect: 'is silent for longer than usual',
  quarantined: 'is taken out because it lies',
  draining: 'is leaving',
};

const hasProblem = (state: NodeNow['state'] | undefined): boolean =>
  state !== undefined && stateWords[state] !== undefined;

/** Below this share of good answers users notice. */
export const goodShare = 0.995;

/** Pure. The worst problem comes first: a diagnosed incident, an undiagnosed one, one that is fixed, a state. */
export function headlineOf({ now, incidents, all, about }: Moment): Headline {
  const users = usersWords(
    now.door,
    all.some(({ door }) => door.rate > 0),
  );
  const open = incidents.filter(({ outcome }) => outcome === 'open');
  const odd = about.nodes.filter(({ id, standby }) => {
    const state = now.nodes[id]?.state;
    return hasProblem(state) || (state === 'starting' && standby === undefined);
  });
  const troubled = new Set([...open.map(({ node }) => node), ...odd.map(({ id }) => id)]);
  const others = Math.max(0, troubled.size - 1);

  if (now.monitor === undefined)
    return {
      tone: 'bad',
      what: 'No monitor answers. This is the last known state.',
      doing: 'Nodes go on with the last view that they received.',
      users,
      others: troubled.size,
    };
  // An incident also counts as not fixed while the picture shows a problem of its node. The picture shows the worst
  // state of the node since the snapshot before, so the node may have come back already. After a crash, the monitors
  // stamp the fix at the first heartbeat of the new process. At this time, the node is still starting, and gets no
  // calls yet.
  const unfixed = open.filter(({ node, stamps }) => stamps.fix === undefined || odd.some(({ id }) => id === node));
  const incident = unfixed.find(({ verdict }) => verdict !== undefined) ?? unfixed[0] ?? open[0];
  if (incident) {
    const { node, stamps, verdict } = incident;
    const isBack = unfixed.length === 0;
    const what = verdict === undefined ? `${node} gives late, wrong or no answers` : `${node} ${verdictWords[verdict]}`;
    return {
      tone: isBack ? 'warn' : 'bad',
      what: isBack ? `${node} ${pastWords(verdict)}, and serves well again.` : `${what}.`,
      node,
      since: stamps.manifest,
      doing: `${orderedWords(incident)}${isBack ? watched : stepWords(incident, now.nodes[node])}`,
      users,
      others,
    };
  }
  if (now.door.rate > 0 && now.door.ok! < goodShare)
    return {
      tone: 'bad',
      what: `${percent(1 - now.door.ok!)} of all requests fail.`,
      doing: 'The monitors have not found a failed node yet.',
      users: '',
      others,
    };
  const [node] = odd;
  if (node) {
    const { state } = now.nodes[node.id]!;
    const what = stateWords[state] ?? 'is starting';
    const doing = state === 'starting' ? { doing: soonUsed } : {};
    return { tone: 'warn', what: `${node.id} ${what}.`, node: node.id, ...doing, users, others };
  }
  return { tone: 'good', what: 'Nothing is wrong.', users, others: 0 };
}

function usersWords({ rate, ok = 1 }: Moment['now']['door'], everAny: boolean): string {
  if (rate === 0) return everAny ? 'No requests right now.' : 'No traffic yet.';
  if (ok === 1) return 'Every request of users succeeds.';
  return `${percent(ok)} of requests succeed.`;
}

function pastWords(verdict: Verdict | undefined): string {
  return verdict === 'crashed' ? 'had crashed' : verdict === undefined ? 'had a problem' : `was ${verdict}`;
}

const soonUsed = 'Callers use it when it has been healthy for 2 s.';
const watched = 'The monitors watch it until it is steady.';

/** The orders of the monitors by name. */
function orderedWords({ orders }: Incident): string {
  const names = [...new Set(orders.map(orderWords))];
  return names.length === 0 ? '' : `Ordered: ${names.join(', ')}. `;
}

/** The step of the repair that is under way. */
function stepWords({ orders, verdict }: Incident, node: NodeNow | undefined): string {
  if (node?.state === 'starting') return `It runs again. ${soonUsed}`;
  const last = orders.findLast(({ result }) => result === 'done' || result === 'already');
  // `promote ranking-3` names the standby, too.
  if (last) return effects[last.order.split(' ', 1)[0] as RepairOrder['do']];
  if (orders.length > 0) return 'The monitors will try again.';
  if (verdict === 'crashed') return 'Its watchdog starts it again.';
  if (verdict === 'overloaded') return 'It refuses what it cannot answer in time.';
  return `The monitors ${verdict === undefined ? 'look for the reason' : 'decide on a repair'}.`;
}

/** What follows from an order that was carried out. */
const effects: Readonly<Record<RepairOrder['do'], string>> = {
  drain: 'Callers no longer use it.',
  restart: 'It is starting again.',
  quarantine: 'Callers no longer use it; a new process is starting.',
  promote: 'A standby takes its place.',
};
