import { isDeceived } from '../../../shared/faults/byz-equivocate.ts';
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

/** One row: the fault, the tier of its target, and the measurement that shows its effect. */
export interface Case {
  readonly kind: string;
  readonly component: string;
  readonly shard?: number;
  /** The question to the node, if it is not the usual question of its tier. */
  readonly question?: 'pages';
  readonly params: (victim: string, others: Others) => Readonly<Record<string, unknown>>;
  readonly effect: (victim: string, others: Others) => Effect;
  /** The seed of the fault, for a row that shows its effect only with some seeds. */
  readonly seed?: (id: string, others: Others) => number;
}

export interface Others {
  /** A node of another tier that calls the victim, and all nodes of that tier. */
  readonly caller: string;
  readonly callers: readonly string[];
  /** All nodes but the victim. */
  readonly nodes: readonly string[];
}

/** The place of the victim: its tier, for the database also the shard, and `pages` if it is asked for pages. */
type Place = 'query' | 'ranking' | 'chaos' | `${'database' | 'pages'} ${1 | 2}`;

const row = (
  kind: string,
  place: Place,
  params: object | Case['params'],
  effect: Case['effect'],
  seed?: Case['seed'],
): Case => {
  const [tier, shard] = place.split(' ');
  return {
    kind,
    component: tier === 'pages' ? 'database' : tier!,
    ...(tier === 'pages' ? { question: 'pages' as const } : {}),
    ...(shard === undefined ? {} : { shard: Number(shard) }),
    params:
      typeof params === 'function' ? (params as Case['params']) : () => params as Readonly<Record<string, unknown>>,
    effect,
    ...(seed && { seed }),
  };
};
const by =
  (effect: (caller: string) => Effect): Case['effect'] =>
  (_victim, { caller }) =>
    effect(caller);

/** The first seed with which one caller gets the truth and another one a lie. */
function splitting(id: string, { callers }: Others): number {
  const isSplit = (seed: number) => new Set(callers.map((caller) => isDeceived({ seed, id }, caller))).size === 2;
  for (let seed = 1; callers.length > 1 && seed < 1_000; seed++) if (isSplit(seed)) return seed;
  return 1;
}

/**
 * Every kind of fault. The faults alternate between groups of replicas. Callers avoid a liar for half a minute and a
 * slow node for seconds, so a group that has just lost one of three members cannot lose another one.
 */
export const cases: readonly Case[] = [
  row('none', 'ranking', {}, () => asBefore),
  row('stop.refuse', 'database 1', {}, () => refusedButAlive),
  row('stop.hang', 'query', {}, () => silentAndStopped),
  row('limp.disk', 'pages 2', { meanMs: 600 }, () => late(300)),
  row('byz.corrupt', 'ranking', {}, () => wrong),
  row('limp.bandwidth', 'database 1', { bytesPerSecond: 4_000 }, () => late(300)),
  row('limp.cpu', 'query', { share: 0.9, periodMs: 2_000 }, () => late(400, 6)),
  row(
    'net.duplicate',
    'pages 2',
    {},
    by((caller) => carriedOutTwice(caller, 'pages')),
  ),
  row('byz.replay', 'database 1', {}, () => replayed),
  row('net.partition', 'database 2', (victim, { nodes }) => ({ groups: [nodes, [victim]] }), by(silentFor)),
  row('byz.twin', 'query', {}, () => twoProcesses),
  row('byz.stale', 'chaos', {}, () => stale),
  row('byz.equivocate', 'ranking', {}, (_victim, { nodes }) => twoTongued(nodes.slice(0, 12)), splitting),
  row(
    'net.delay',
    'database 1',
    { meanMs: 500 },
    by((caller) => lateFor(caller, 300)),
  ),
  row('net.reset', 'query', {}, by(resetFor)),
  row(
    'byz.forge',
    'database 2',
    (_victim, { nodes }) => ({ as: nodes[0] }),
    (_victim, { nodes }) => inAnotherName(nodes[0]!),
  ),
  row('limp.dribble', 'database 1', { chunkBytes: 64, pauseMs: 30 }, () => late(300)),
  row('clock.skew', 'query', { offsetMs: 60_000 }, () => wrongClock(60_000)),
  row('stop.kill', 'query', { downMs: 5_000 }, () => refusedAndDead),
  row('limp.latency', 'ranking', { meanMs: 600, jitterMs: 50 }, () => late(300)),
  row('net.drop', 'database 2', {}, by(silentFor)),
  row('byz.omit', 'database 1', { share: 0.5 }, () => wrong),
  row('limp.intermittent', 'query', { onMs: 1_500, offMs: 1_500, meanMs: 600 }, () => lateInTurns(600, 10)),
  row('byz.rank', 'ranking', {}, () => wrong),
];

/**
 * The rows of these kinds in the order of the matrix; without names, all rows. Unknown names are returned separately.
 */
export function casesOf(names: readonly string[] | undefined): {
  readonly rows: readonly Case[];
  readonly unknown: readonly string[];
} {
  if (!names) return { rows: cases, unknown: [] };
  return {
    rows: cases.filter(({ kind }) => names.includes(kind)),
    unknown: names.filter((name) => !faultKinds.has(name)),
  };
}
