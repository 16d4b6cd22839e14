import Type, { type Static } from 'typebox';
import type { Clock } from '../../time/clock.ts';
import type { Random } from '../../time/random.ts';
import type { Call, Endpoint, Layer, Reply, Service } from '../call.ts';
import { asRpcError, RpcError } from '../errors.ts';
import { canonicalJson } from '../../security/canonical-json.ts';
import type { Observe } from './events.ts';
import { createLookup, perOperation } from './per-operation.ts';
import { type Count, countVotes, type Vote } from './votes.ts';
import { abortError } from './within.ts';

export const VotedOperation = Type.Object(
  {
    f: Type.Integer({ default: 1, minimum: 1, maximum: 10, description: 'liars that are outvoted; needs 2f + 1 replicas' }),
    when: Type.Union([Type.Literal('always'), Type.Literal('sample')], { default: 'always' }),
    share: Type.Number({ default: 0.01, minimum: 0, maximum: 1, description: 'of the calls that `sample` puts to the vote' }),
    alarmMs: Type.Number({
      default: 60_000,
      minimum: 0,
      description: 'after a disagreement, `sample` means `always` for this long',
    }),
  },
  { additionalProperties: false },
);
export type VotedOperation = Static<typeof VotedOperation>;

export const QuorumSettings = Type.Object(
  {
    operations: perOperation(Type.Partial(VotedOperation, { additionalProperties: false })),
  },
  { additionalProperties: false },
);
export type QuorumSettings = Static<typeof QuorumSettings>;

export interface QuorumDependencies {
  readonly clock: Clock;
  readonly random: Random;
  readonly endpoints: (component: string, shard?: number) => readonly Endpoint[];
  readonly observe: Observe;
}

/**
 * Asks f + 1 replicas, and as many more as are needed - up to all of 2f + 1 - until f + 1 answers are equal byte for byte. For deterministic
 * operations only. Asking another replica is its retry and its hedge, so the layers below get no attempts of their own: the cost of a
 * call stays below 2f + 1. Rejects with `bad_reply` where no f + 1 agree, `unavailable` where too few answer.
 * (Lamport, Shostak, Pease 1982; f + 1 of 2f + 1 is enough because a replica can only vote, not relay.)
 */
export function quorum(settings: QuorumSettings, { clock, random, endpoints, observe }: QuorumDependencies): Layer {
  const lookup = createLookup(settings.operations);
  const alarms = new Map<string, number>();

  function isVotedOn(call: Call, { when = 'always', share = 0.01 }: Partial<VotedOperation>): boolean {
    if (when === 'always' || clock.now() < (alarms.get(call.component) ?? 0)) return true;
    return random.next() < share;
  }

  return function quorum(next) {
    return (call) => {
      const operation = lookup(call);
      if (!operation || !isVotedOn(call, operation)) return next(call);
      const { f = 1, alarmMs = 60_000 } = operation;
      const replicas = Math.min(2 * f + 1, endpoints(call.component, call.shard).length);
      if (replicas <= f) return Promise.reject(tooFew(call, f));
      return poll(next, call, { f, replicas }, (count) => {
        if (count.minority.length === 0) return;
        alarms.set(call.component, clock.now() + alarmMs);
        observe({ event: 'disagreement', call, minority: count.minority, majority: count.majority });
      });
    };
  };
}

const tooFew = (call: Call, f: number, cause?: unknown) =>
  new RpcError('unavailable', `fewer than ${f + 1} replicas of ${call.component} answer`, { cause });

/** Why an attempt is stopped that nobody needs any more. */
const decided = new RpcError('cancelled', 'enough replicas have agreed');

function poll(
  next: Service,
  call: Call,
  { f, replicas }: { f: number; replicas: number },
  report: (count: Count & { result: 'agreed' }) => void,
): Promise<Reply> {
  if (call.signal.aborted) return Promise.reject(abortError(call.signal));
  return new Promise((resolve, reject) => {
    const tried: string[] = [];
    const votes: Vote[] = [];
    const replies = new Map<string, Reply>();
    const controller = new AbortController();
    let asked = 0;
    let running = 0;
    let over = false;

    const onAbort = () => {
      end(abortError(call.signal));
      reject(abortError(call.signal));
    };
    const end = (reason: RpcError) => {
      over = true;
      call.signal.removeEventListener('abort', onAbort);
      controller.abort(reason);
    };
    const ask = () => {
      asked++;
      running++;
      next({ ...call, attemptsLeft: 0, tried, signal: controller.signal }).then(onReply, onFailure);
    };
    const askMore = (missing: number, cause?: unknown) => {
      const more = Math.min(missing - running, replicas - asked);
      for (let i = 0; i < more; i++) ask();
      if (running > 0) return;
      const error =
        votes.length > f ? new RpcError('bad_reply', `no ${f + 1} replicas of ${call.component} agree`) : tooFew(call, f, cause);
      end(error);
      reject(error);
    };
    const onReply = (reply: Reply) => {
      running--;
      if (over) return;
      const node = reply.servedBy[0] ?? `unnamed ${votes.length}`;
      const answer = canonicalJson(reply.body);
      // A node has one vote, however often it was asked.
      if (!votes.some((vote) => vote.node === node)) votes.push({ node, answer });
      replies.set(answer, reply);
      const count = countVotes(votes, f);
      if (count.result === 'open') return askMore(count.missing);
      end(decided);
      report(count);
      resolve({ body: replies.get(count.answer)!.body, servedBy: count.majority });
    };
    const onFailure = (thrown: unknown) => {
      running--;
      if (over) return;
      const count = countVotes(votes, f);
      askMore(count.result === 'open' ? count.missing : 0, asRpcError(thrown));
    };

    call.signal.addEventListener('abort', onAbort);
    for (let i = 0; i <= f; i++) ask();
  });
}
