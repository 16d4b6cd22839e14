import { faultKinds } from '../../../shared/faults/kinds.ts';
import {
  asBefore,
  carriedOutTwice,
  inAnotherName,
  late,
  lateFor,
  lateInTurns,
  refusedAndDead,
  refusedButAlive,
  replayed,
  resetFor,
  silentAndStopped,
  silentFor,
  stale,
  twoProcesses,
  twoTongued,
  wrong,
  wrongClock,
  type Effect,
} from './effects.ts';

/** One row: what is done to a node of which tier, and by what measurement it shows there. */
export interface Case {
  readonly kind: string;
  readonly component: string;
  /** What the node is asked, where it is not the tier's usual question. */
  readonly question?: 'pages';
  readonly params: (victim: string, others: Others) => Readonly<Record<string, unknown>>;
  readonly effect: (victim: string, others: Others) => Effect;
}

export interface Others {
  /** A node of another tier that calls the victim. */
  readonly caller: string;
  /** All nodes but the victim. */
  readonly nodes: readonly string[];
}

type Tier = 'query' | 'database' | 'ranking' | 'chaos' | 'pages';

const row = (
  kind: string,
  tier: Tier,
  params: object | Case['params'],
  effect: Effect | ((victim: string, others: Others) => Effect),
  curried = false,
): Case => ({
  kind,
  component: tier === 'pages' ? 'database' : tier,
  ...(tier === 'pages' ? { question: 'pages' as const } : {}),
  params: typeof params === 'function' ? (params as Case['params']) : () => params as Readonly<Record<string, unknown>>,
  effect: curried ? (effect as Case['effect']) : () => effect as Effect,
});
const by =
  (effect: (caller: string) => Effect) =>
  (_victim: string, { caller }: Others) =>
    effect(caller);

/** Every kind of fault. The tiers take turns, so that one node is not broken so often that nobody repairs it any more. */
export const cases: readonly Case[] = [
  row('none', 'ranking', {}, asBefore),
  row('stop.kill', 'ranking', { downMs: 5_000 }, refusedAndDead),
  row('stop.hang', 'query', {}, silentAndStopped),
  row('stop.refuse', 'database', {}, refusedButAlive),
  row('limp.latency', 'ranking', { meanMs: 600, jitterMs: 50 }, late(300)),
  row('limp.bandwidth', 'database', { bytesPerSecond: 4_000 }, late(300)),
  row('limp.dribble', 'ranking', { chunkBytes: 16, pauseMs: 60 }, late(300)),
  row('limp.cpu', 'query', { share: 0.9, periodMs: 2_000 }, late(400, 6)),
  row('limp.intermittent', 'ranking', { onMs: 1_500, offMs: 1_500, meanMs: 600 }, lateInTurns(600, 10)),
  row('limp.disk', 'pages', { meanMs: 600 }, late(300)),
  row('byz.corrupt', 'ranking', {}, wrong),
  row('byz.stale', 'chaos', {}, stale),
  row('byz.replay', 'ranking', {}, replayed),
  row('byz.equivocate', 'ranking', {}, (_victim, { nodes }) => twoTongued(nodes.slice(0, 12)), true),
  row('byz.rank', 'ranking', {}, wrong),
  row('byz.omit', 'ranking', { share: 0.5 }, wrong),
  row(
    'byz.forge',
    'ranking',
    (_victim, { nodes }) => ({ as: nodes[0] }),
    (_victim, { nodes }) => inAnotherName(nodes[0]!),
    true,
  ),
  row('byz.twin', 'query', {}, twoProcesses),
  row('net.partition', 'database', (victim, { nodes }) => ({ groups: [nodes, [victim]] }), by(silentFor), true),
  row('net.drop', 'ranking', {}, by(silentFor), true),
  row('net.reset', 'query', {}, by(resetFor), true),
  row(
    'net.delay',
    'database',
    { meanMs: 500 },
    by((caller) => lateFor(caller, 300)),
    true,
  ),
  row(
    'net.duplicate',
    'pages',
    {},
    by((caller) => carriedOutTwice(caller, 'pages')),
    true,
  ),
  row('clock.skew', 'ranking', { offsetMs: 60_000 }, wrongClock(60_000)),
];

/** The rows of these kinds, in the order of the matrix; all of them without names. Unknown names come back apart. */
export function casesOf(names: readonly string[] | undefined): {
  readonly rows: readonly Case[];
  readonly unknown: readonly string[];
} {
  if (!names) return { rows: cases, unknown: [] };
  return { rows: cases.filter(({ kind }) => names.includes(kind)), unknown: names.filter((name) => !faultKinds.has(name)) };
}
