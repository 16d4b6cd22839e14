import type { Call } from '../../call.ts';
import type { Evidence, RpcError } from '../../errors.ts';
import type { Peer, PeerGroup } from './peers.ts';
import type { ResultCode } from '../watch-calls.ts';

/**
 * What the end of an attempt says about its replica. `unanswered`: the caller stopped waiting after an unusually long
 * time.
 */
export type AttemptEvidence = 'reply' | 'unanswered' | Evidence;

/** One attempt at one replica, once it has ended. */
export interface AttemptEnd {
  /** The call as it was sent: `call.endpoint` is the replica that got it. */
  readonly call: Call;
  readonly group: PeerGroup;
  readonly peer: Peer;
  readonly sentAt: number;
  readonly endedAt: number;
  readonly elapsedMs: number;
  readonly code: ResultCode;
  readonly error: RpcError | undefined;
  readonly evidence: AttemptEvidence;
  /**
   * Nobody waited for the answer any more: another replica had answered, or the caller had left. The full attempt would
   * have taken at least this long.
   */
  readonly abandoned: boolean;
}

/** Learns from attempts. Must not throw. */
export type Learn = (end: AttemptEnd) => void;
