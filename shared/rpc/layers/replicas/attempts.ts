import type { Clock } from '../../../time/clock.ts';
import type { Call, Layer, Reply } from '../../call.ts';
import { asRpcError, evidence, type RpcError } from '../../errors.ts';
import type { AttemptEvidence, Learn } from './attempt-end.ts';
import type { OperationStatistics, LatencyStatistics } from './latency-statistics.ts';
import type { Peers } from './peers.ts';
import type { ResultCode } from '../watch-calls.ts';

/** While the usual time of an operation is unknown, an attempt counts as late after this many ms. */
const unknownMs = 2_000;

/** The usual time, ms: the 95th percentile of an operation's attempts; undefined = not known yet. */
const usualMs = (known: OperationStatistics, now: number): number | undefined => known.quantile(0.95, now, 20);

/**
 * What a failed attempt at `call.endpoint` says about that node. An abandoned attempt says something only if it had
 * taken longer than usual: a caller that waits for 3 ms learns nothing about a node that takes 5 ms.
 */
export function evidenceOfFailure(
  call: Call,
  error: RpcError,
  elapsedMs: number,
  usualMs: number | undefined,
): AttemptEvidence {
  if (call.signal.aborted) return elapsedMs >= (usualMs ?? unknownMs) ? 'unanswered' : 'nothing';
  return evidence(error, { node: call.endpoint?.node, abandoned: false });
}

interface AttemptsDependencies {
  readonly clock: Clock;
  readonly peers: Peers;
  readonly statistics: LatencyStatistics;
  readonly learn: Learn;
}

/**
 * Just inside `balance`: the only layer that times attempts. Counts an attempt as under way at its replica until it
 * ends, and tells `learn` how it ended.
 */
export function attempts({ clock, peers, statistics, learn }: AttemptsDependencies): Layer {
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
        const elapsedMs = endedAt - sentAt;
        const abandoned = error !== undefined && call.signal.aborted;
        // Every call passes here, and few are abandoned. Only the abandoned ones need the quantile.
        const usual = abandoned ? usualMs(statistics.of(call.component, call.operation), endedAt) : undefined;
        const endEvidence = error ? evidenceOfFailure(call, error, elapsedMs, usual) : 'reply';
        learn({ call, group, peer, sentAt, endedAt, elapsedMs, code, error, evidence: endEvidence, abandoned });
      };
      peer.underWay.add(attempt);
      try {
        const reply = await next(call);
        end('ok');
        const kind = call.planned?.kind;
        return { ...reply, from: node, maskedBy: kind === 'retry' || kind === 'hedge' ? kind : undefined };
      } catch (thrown) {
        const error = asRpcError(thrown);
        end(error.code, error);
        throw thrown;
      }
    };
  };
}
