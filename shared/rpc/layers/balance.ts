import Type, { type Static } from 'typebox';
import type { Clock } from '../../time/clock.ts';
import type { Random } from '../../time/random.ts';
import type { Call, Endpoint, Layer, Reply } from '../call.ts';
import { asRpcError, RpcError } from '../errors.ts';
import { groupKey } from '../group-key.ts';
import type { Observe } from './events.ts';
import { latencyNow, observeLatency } from './ewma.ts';
import type { Peer, Peers } from './peers.ts';
import { drawIndex, pickOfTwo } from './pick.ts';
import { isFaultOf } from './retryable.ts';
import { slowStartShare, usablePeers } from './usable.ts';

export const BalanceSettings = Type.Object(
  {
    by: Type.Union(
      [
        Type.Literal('peak_ewma'),
        Type.Literal('least_outstanding'),
        Type.Literal('round_robin'),
        Type.Literal('random'),
      ],
      { default: 'peak_ewma', description: 'peak EWMA and least outstanding choose the better of two random ones' },
    ),
    panicShare: Type.Number({
      default: 0.5,
      minimum: 0,
      maximum: 1,
      description: 'with fewer usable replicas than this share, ejections are ignored (Envoy: 50%)',
    }),
    slowStartMs: Type.Number({
      default: 10_000,
      minimum: 0,
      description: 'a new or returning replica gets its full share only after this',
    }),
  },
  { additionalProperties: false },
);
export type BalanceSettings = Static<typeof BalanceSettings>;

export interface BalanceDependencies {
  readonly clock: Clock;
  readonly random: Random;
  /** The replicas that may be called now, of one shard where the component is sharded. */
  readonly endpoints: (component: string, shard?: number) => readonly Endpoint[];
  readonly peers: Peers;
  readonly observe: Observe;
}

/**
 * Chooses the replica for each attempt, sets `call.endpoint` and adds it to `call.tried`. What became of the attempt feeds the
 * choice of the next. Rejects with `unavailable` where no replica is known.
 */
export function balance(
  settings: BalanceSettings,
  { clock, random, endpoints, peers, observe }: BalanceDependencies,
): Layer {
  /** By operation of a replica group: calls that alternate between two shards or operations would else always meet the same replica. */
  const turns = new Map<string, number>();

  function choose(call: Call, known: readonly Peer[], now: number): number {
    const { indices, panic } = usablePeers(known, call.tried, now, settings.panicShare, call.distinct);
    if (indices.length === 0) throw new RpcError('unavailable', `every replica of ${call.component} was asked`);
    if (panic) observe({ event: 'panic', component: call.component, usable: indices.length, known: known.length });
    const at = (i: number) => known[indices[i]!]!;
    const share = (peer: Peer) => slowStartShare(now - peer.admittedAt, settings.slowStartMs);
    const outstanding = (i: number) => (at(i).underWay.size + 1) / share(at(i));
    const weighted = (i: number) => outstanding(i) * latencyNow(at(i).latency, call.operation.name, now);
    // Audited: each in turn, also those that are too slow to be chosen otherwise.
    if (call.nonce !== undefined) return indices[drawIndex(indices.length, random)]!;
    switch (settings.by) {
      case 'peak_ewma':
        return indices[pickOfTwo(indices.length, random, weighted)]!;
      case 'least_outstanding':
        return indices[pickOfTwo(indices.length, random, outstanding)]!;
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

  return function balance(next) {
    return async (call: Call): Promise<Reply> => {
      const all = endpoints(call.component, call.shard);
      const replicas = call.only ? all.filter((replica) => call.only!.includes(replica.node)) : all;
      if (replicas.length === 0) {
        const shard = call.shard === undefined ? '' : ` shard ${call.shard}`;
        throw new RpcError('unavailable', `no replica of ${call.component}${shard} is known to be up`);
      }
      const group = peers.group(call);
      const known = replicas.map((replica) => group.get(replica.node, replica.incarnation));
      const sentAt = clock.now();
      const chosen = choose(call, known, sentAt);
      const endpoint = replicas[chosen]!;
      const peer = known[chosen]!;
      call.tried?.push(endpoint.node);
      const attempt = { sentAt };
      peer.underWay.add(attempt);
      try {
        const reply = await next({ ...call, endpoint });
        const now = clock.now();
        observeLatency(peer.latency, call.operation.name, now - sentAt, now);
        return { ...reply, from: endpoint.node };
      } catch (thrown) {
        const now = clock.now();
        const cost = costOfFailure(now - sentAt, latencyNow(peer.latency, call.operation.name, now), {
          abandoned: call.signal.aborted,
          fault: isFaultOf(endpoint.node, asRpcError(thrown)),
        });
        if (cost !== undefined) observeLatency(peer.latency, call.operation.name, cost, now);
        throw thrown;
      } finally {
        peer.underWay.delete(attempt);
      }
    };
  };
}

/**
 * What a failed attempt says of latency, ms. Abandoned: it would have taken at least this long, which is news only when it is longer than
 * expected. The replica's fault: three times as costly as it was, so that failing fast attracts no calls. Otherwise the time it took.
 */
export function costOfFailure(
  elapsedMs: number,
  expectedMs: number,
  { abandoned, fault }: { abandoned: boolean; fault: boolean },
): number | undefined {
  if (abandoned) return elapsedMs > expectedMs ? elapsedMs : undefined;
  return fault ? Math.max(elapsedMs, 3 * expectedMs) : elapsedMs;
}
