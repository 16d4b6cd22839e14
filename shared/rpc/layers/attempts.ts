import type { Clock } from '../../time/clock.ts';
import type { Call, Layer, Reply } from '../call.ts';
import { asRpcError, type RpcError } from '../errors.ts';
import type { Peer, PeerGroup, Peers } from './peers.ts';
import type { ResultCode } from './watch-calls.ts';

/** One attempt at one replica, once it has ended. */
export interface AttemptEnd {
  /** As it was sent: `call.endpoint` is where it went. */
  readonly call: Call;
  readonly group: PeerGroup;
  readonly peer: Peer;
  readonly sentAt: number;
  readonly endedAt: number;
  readonly elapsedMs: number;
  readonly code: ResultCode;
  readonly error: RpcError | undefined;
  /** Nobody waited for it any more: another replica had answered, or the caller had left. It would have taken at least so long. */
  readonly abandoned: boolean;
}

/** Learns from attempts. Must not throw. */
export type Learn = (end: AttemptEnd) => void;

/**
 * Just inside `balance`: the one place where an attempt is timed. Counts it as under way at its replica while it is, and tells `learn` how it
 * ended.
 */
export function attempts({ clock, peers, learn }: { clock: Clock; peers: Peers; learn: Learn }): Layer {
  return function attempts(next) {
    return async (call): Promise<Reply> => {
      const node = call.endpoint?.node ?? '';
      const group = peers.group(call);
      const peer = group.get(node, call.endpoint?.incarnation);
      const attempt = { sentAt: clock.now() };
      const end = (code: ResultCode, error?: RpcError): void => {
        peer.underWay.delete(attempt);
        const endedAt = clock.now();
        const { sentAt } = attempt;
        const abandoned = error !== undefined && call.signal.aborted;
        learn({ call, group, peer, sentAt, endedAt, elapsedMs: endedAt - sentAt, code, error, abandoned });
      };
      peer.underWay.add(attempt);
      try {
        const reply = await next(call);
        end('ok');
        return { ...reply, from: node };
      } catch (thrown) {
        const error = asRpcError(thrown);
        end(error.code, error);
        throw thrown;
      }
    };
  };
}
