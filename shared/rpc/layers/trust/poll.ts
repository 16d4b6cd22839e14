import type { Scheduler } from '../../../time/scheduler.ts';
import { createPlan, planAttempt } from '../../attempt-plan.ts';
import type { Call, Reply, Service } from '../../call.ts';
import { asRpcError, RpcError } from '../../errors.ts';
import { Superseded } from '../../superseded.ts';
import type { Budgets } from '../retries/budget.ts';
import type { Observe } from '../events.ts';
import { type Tally, tallyNothing, type VoteResult } from '../tally.ts';
import { examine, lostVote } from './examine.ts';
import type { Liars } from './liars.ts';
import { countVotes, type Vote } from './votes.ts';
import { abortError } from '../deadlines/within.ts';
import { UnprovenReply } from './verify.ts';

export interface PollDependencies {
  readonly scheduler: Scheduler;
  readonly liars: Liars;
  /** The common budget of extra attempts. */
  readonly budget: Budgets;
  /**
   * The delay after which one more replica is asked because the others are slower than usual, ms; undefined = never.
   */
  readonly extraVoteAfterMs: (call: Call) => number | undefined;
  readonly observe: Observe;
  readonly tally?: Tally;
  /** Makes a nonce, where receipts can be checked. Audited calls then ask for a receipt. */
  readonly nonce?: (() => string) | undefined;
}

export const tooFew = (call: Call, f: number, cause?: unknown): RpcError =>
  new RpcError('unavailable', `fewer than ${f + 1} replicas of ${call.component} answer`, { cause });

export interface PollOptions {
  /** How many liars are outvoted. */
  readonly f: number;
  /** How many replicas the group has. */
  readonly replicas: number;
  /**
   * What happens when fewer than f + 1 replicas answer. True: the call fails. False: answers that do not contradict each
   * other are accepted. So a sample never costs an answer that the call would have had without it.
   */
  readonly strict: boolean;
}

/** The reason for stopping an attempt that is no longer needed. */
const decided = new Superseded('enough replicas have agreed');

/**
 * Puts one call to the vote. Asks f + 1 replicas at once, then one more for each missing answer, until f + 1 answers
 * are equal. Replacing a failed or slow replica takes a token from the common budget of extra attempts. Replacing a
 * replica that disagrees is free, because the liar is ejected right afterwards.
 */
export function poll(
  next: Service,
  call: Call,
  { f, replicas: known, strict }: PollOptions,
  { scheduler, liars, budget, extraVoteAfterMs, observe, tally = tallyNothing, nonce }: PollDependencies,
): Promise<Reply> {
  if (call.signal.aborted) return Promise.reject(abortError(call.signal));
  const replicas = Math.min(2 * f + 1, known);
  const tokens = budget(call);
  return new Promise((resolve, reject) => {
    // An audit asks each replica in turn, also those that are too slow to be chosen otherwise.
    const plan = createPlan({ distinct: true, evenly: call.nonce !== undefined });
    const votes: Vote[] = [];
    const replies = new Map<string, Reply>();
    const controller = new AbortController();
    let asked = 0;
    let running = 0;
    /** The number of invalid replies. Each counts like a lie. */
    let refuted = 0;
    const failed = new Set<string>();
    let over = false;
    /** Whether the others take longer than usual, and no further replica is left to ask. */
    let late = false;

    const report = (result: VoteResult, nodes: Iterable<string>): void => {
      for (const node of nodes) tally.vote(call.component, node, result);
    };
    const end = (reason: RpcError): void => {
      over = true;
      report('failed', failed);
      extraVoteTimer?.cancel();
      call.signal.removeEventListener('abort', onAbort);
      controller.abort(reason);
    };
    const fail = (error: RpcError): void => {
      end(error);
      report('undecided', replies.keys());
      reject(error);
    };
    const onAbort = (): void => fail(abortError(call.signal));

    function ask(): void {
      asked++;
      running++;
      const planned = planAttempt(plan, 'vote');
      next({ ...call, planned, signal: controller.signal }).then(onReply, (thrown: unknown) => {
        onFailure(thrown, planned.node);
      });
    }

    function askMore(missing: number, cause?: RpcError): void {
      const disagreeing = votes.length - (f + 1 - missing);
      for (let more = Math.min(missing - running, replicas - asked); more > 0; more--) {
        const free = asked <= f + disagreeing + refuted;
        if (!free && !tokens.spend()) {
          observe({ event: 'budget_exhausted', call, mechanism: 'retry' });
          return withTooFew(cause);
        }
        ask();
      }
      if (running > 0) return;
      if (votes.length <= f) return withTooFew(cause);
      observe({ event: 'no-majority', call, nodes: votes.map(({ node }) => node) });
      fail(new RpcError('bad_reply', `no ${f + 1} replicas of ${call.component} agree`));
    }

    /** Accepts answers that do not contradict each other, where the vote is not strict. */
    function acceptFewer(): boolean {
      const agreeing = votes.length > 0 && countVotes(votes, votes.length - 1).result === 'agreed';
      if (strict || refuted > 0 || !agreeing) return false;
      end(decided);
      report('undecided', replies.keys());
      const [{ body, node }] = votes as [Vote, ...Vote[]];
      resolve({ body, servedBy: [...replies.keys()], from: node, maskedBy: 'vote' });
      return true;
    }

    function withTooFew(cause: RpcError | undefined): void {
      if (!acceptFewer()) fail(tooFew(call, f, cause));
    }

    function onReply(reply: Reply): void {
      running--;
      if (over) return;
      // The node that was asked, not the one that the reply names: otherwise a liar could vote in the names of others.
      const node = reply.from ?? reply.servedBy[0] ?? '';
      if (!replies.has(node)) {
        votes.push({ node, body: reply.body });
        replies.set(node, reply);
      }
      const count = countVotes(votes, f);
      if (count.result === 'open') return late && acceptFewer() ? undefined : askMore(count.missing);
      tokens.earn();
      end(decided);
      for (const result of ['majority', 'minority', 'abstained'] as const) report(result, count[result]);
      for (const liar of count.minority) {
        observe(lostVote(call, liar, count.majority));
        liars.accuse(call, liar);
        if (call.nonce === undefined && nonce)
          examine(next, { ...call, nonce: nonce() }, liar, count.majority[0]!, observe);
      }
      const { body } = replies.get(count.majority[0]!)!;
      const maskedBy = failed.size + count.minority.length > 0 ? 'vote' : undefined;
      resolve({ body, servedBy: count.majority, from: count.majority[0]!, maskedBy });
    }

    function onFailure(thrown: unknown, node: string | undefined): void {
      running--;
      if (over) return;
      if (node !== undefined) failed.add(node);
      const error = asRpcError(thrown);
      // Enough replicas were asked for certainty: no further vote can change the result.
      if (error.code === 'bad_page') return fail(error);
      if (error.code === 'bad_reply' || error instanceof UnprovenReply) refuted++;
      const count = countVotes(votes, f);
      askMore(count.result === 'open' ? count.missing : 0, error);
    }

    call.signal.addEventListener('abort', onAbort);
    const delayMs = extraVoteAfterMs(call);
    const extraVoteTimer =
      delayMs === undefined || (strict && replicas <= f + 1)
        ? undefined
        : scheduler.after(delayMs, () => {
            if (over) return;
            if (asked >= replicas) {
              late = true;
              return void acceptFewer();
            }
            if (!tokens.spend()) return observe({ event: 'budget_exhausted', call, mechanism: 'hedge' });
            observe({ event: 'hedge', call, delayMs });
            ask();
          });
    for (let i = 0; i <= f; i++) ask();
  });
}
