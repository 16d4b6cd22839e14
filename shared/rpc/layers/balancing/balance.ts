import Type, { type Static } from 'typebox';
import type { Clock } from '../../../time/clock.ts';
import type { Random } from '../../../time/random.ts';
import type { Call, Endpoint, Layer, Reply } from '../../call.ts';
import { assignNode } from '../../attempt-plan.ts';
import { sentTo } from '../../derived-call.ts';
import { RpcError } from '../../errors.ts';
import { groupKey } from '../../group-key.ts';
import type { Observe } from '../events.ts';
import { isLighter, loadOf } from './peak-ewma.ts';
import type { Peer, Peers } from '../replicas/peers.ts';
import { drawIndex, pickOfTwo } from './pick.ts';
import { candidates } from './candidates.ts';
import { takingPart } from './slow-start.ts';

export const BalanceSettings = Type.Object(
  {
    by: Type.Union(
      [
        Type.Literal('peak_ewma'),
        Type.Literal('least_outstanding'),
        Type.Literal('round_robin'),
        Type.Literal('random'),
      ],
      { default: 'peak_ewma', description: 'peak_ewma and least_outstanding choose the better of two random replicas' },
    ),
    panicShare: Type.Number({
      default: 0.5,
      minimum: 0,
      maximum: 1,
      description: 'ejections are ignored when less than this share of the replicas is left (Envoy: 50%)',
    }),
    alikeRatio: Type.Number({
      default: 1.5,
      minimum: 1,
      description:
        'two latencies are treated as equal if their ratio is smaller than this: then only the calls under way decide',
    }),
    slowStartMs: Type.Number({
      default: 10_000,
      minimum: 0,
      description: 'time until a new or returning replica gets its full share',
    }),
  },
  { additionalProperties: false },
);
export type BalanceSettings = Static<typeof BalanceSettings>;

export interface BalanceDependencies {
  readonly clock: Clock;
  readonly random: Random;
  /** The replicas that may be called now; those of one shard where the component is sharded. */
  readonly endpoints: (component: string, shard?: number) => readonly Endpoint[];
  readonly peers: Peers;
  readonly observe: Observe;
}

/**
 * Chooses the replica for each attempt and sets `call.endpoint`. Where the call has a plan, the choice obeys its rules.
 * The result of each attempt feeds the next choice (attempts.ts). Rejects with `unavailable` if there is no replica
 * that the call may still ask.
 */
export function balance(
  settings: BalanceSettings,
  { clock, random, endpoints, peers, observe }: BalanceDependencies,
): Layer {
  /**
   * One counter for each operation and replica group. With one common counter, calls that alternate between two shards
   * or operations would always get the same replica.
   */
  const turns = new Map<string, number>();

  function choose(call: Call, known: readonly Peer[], now: number): number {
    const plan = call.planned?.plan;
    const { indices: usable, panic } = candidates(known, plan, now, settings.panicShare);
    if (usable.length === 0) throw new RpcError('unavailable', `every replica of ${call.component} was asked`);
    if (panic) observe({ event: 'panic', component: call.component, usable: usable.length, known: known.length });
    if (plan?.evenly) return usable[drawIndex(usable.length, random)]!;
    const indices = takingPart(usable, known, now, settings.slowStartMs, random);
    const at = (i: number) => known[indices[i]!]!;
    switch (settings.by) {
      case 'peak_ewma': {
        const load = (i: number) => loadOf(at(i), call.operation.name, now);
        const isBetter = (a: number, b: number) => isLighter(load(a), load(b), settings.alikeRatio);
        return indices[pickOfTwo(indices.length, random, isBetter)]!;
      }
      case 'least_outstanding': {
        const isBetter = (a: number, b: number) => at(a).underWay.size < at(b).underWay.size;
        return indices[pickOfTwo(indices.length, random, isBetter)]!;
      }
      case 'round_robin': {
        const key = `${groupKey(call)}.${call.operation.name}`;
        const turn = turns.get(key) ?? drawIndex(indices.length, random);
        turns.set(key, turn + 1);
        return indices[turn % indices.length]!;
      }
      case 'random':
        return indices[drawIndex(indices.length, random)]!;
    }
  }

  function endpointFor(call: Call): Endpoint {
    const all = endpoints(call.component, call.shard);
    const only = call.planned?.plan.only;
    const replicas = only ? all.filter((replica) => only.includes(replica.node)) : all;
    if (replicas.length === 0) throw new RpcError('unavailable', `no replica of ${groupName(call)} is known to be up`);
    const group = peers.group(call);
    const known = replicas.map((replica) => group.get(replica.node, replica.incarnation));
    return replicas[choose(call, known, clock.now())]!;
  }

  return function balance(next) {
    return (call: Call): Promise<Reply> => {
      let endpoint: Endpoint;
      try {
        endpoint = endpointFor(call);
      } catch (thrown) {
        return Promise.reject(thrown);
      }
      if (call.planned) assignNode(call.planned, endpoint.node);
      return next(sentTo(call, endpoint));
    };
  };
}

const groupName = ({ component, shard }: Call): string =>
  shard === undefined ? component : `${component} shard ${shard}`;
