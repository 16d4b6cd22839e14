import type { Scheduler } from '../../../time/scheduler.ts';
import { createPlan, planAttempt } from '../../attempt-plan.ts';
import type { Call, Reply, Service } from '../../call.ts';
import { attemptOf, withReceipt } from '../../derived-call.ts';
import { asRpcError, RpcError } from '../../errors.ts';
import { Superseded } from '../../superseded.ts';
import type { Budgets } from '../retries/budget.ts';
import type { Observe } from '../events.ts';
import { type Tally, tallyNothing, type VoteResult } from '../tally.ts';
import { examine, lostVote } from './examine.ts';
import type { Liars } from './liars.ts';
import { mostAsked, nextStep, type PollOptions } from './poll-step.ts';
import { abortError } from '../deadlines/within.ts';
import { UnprovenReply } from './verify.ts';
import type { Agreed, Vote } from './votes.ts';

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
  /** Makes a nonce, with which an audited call asks for a receipt; undefined if receipts cannot be checked. */
  readonly nonce?: (() => string) | undefined;
}

export const tooFew = (call: Call, f: number, cause?: unknown): RpcError =>
  new RpcError('unavailable', `fewer than ${f + 1} replicas of ${call.component} answer`, { cause });

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
  options: PollOptions,
  { scheduler, liars, budget, extraVoteAfterMs, observe, tally = tallyNothing, nonce }: PollDependencies,
): Promise<Reply> {
  if (call.signal.aborted) return Promise.reject(abortError(call.signal));
  const tokens = budget(call);
  return new Promise((resolve, reject) => {
    // An audit asks replicas at random, with equal chances, so that it also reaches those that are usually too slow.
    const plan = createPlan({ distinct: true, evenly: call.nonce !== undefined });
    const votes: Vote[] = [];
    const failed = new Set<string>();
    const state = { votes, asked: 0, running: 0, refuted: 0, late: false };
    const controller = new AbortController();
    let over = false;

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
    const endUndecided = (reason: RpcError): readonly string[] => {
      end(reason);
      const nodes = votes.map(({ node }) => node);
      report('undecided', nodes);
      return nodes;
    };
    const fail = (error: RpcError): void => {
      endUndecided(error);
      reject(error);
    };
    const onAbort = (): void => fail(abortError(call.signal));

    function ask(): void {
      state.asked++;
      state.running++;
      const planned = planAttempt(plan, 'vote');
      next(attemptOf(call, planned, call.attempt, controller.signal)).then(onReply, (thrown: unknown) => {
        onFailure(thrown, planned.node);
      });
    }

    /** Asks one more replica, unless the budget has no token for it. */
    function askForToken(mechanism: 'retry' | 'hedge'): boolean {
      const isPaid = tokens.spend();
      if (isPaid) ask();
      else observe({ event: 'budget_exhausted', call, mechanism });
      return isPaid;
    }

    function advance(cause?: RpcError): void {
      let exhausted = false;
      let step = nextStep(options, { ...state, exhausted });
      for (; step.do === 'ask'; step = nextStep(options, { ...state, exhausted })) {
        if (step.free) ask();
        else exhausted = !askForToken('retry');
      }
      if (step.do === 'decide') return decide(step.count);
      if (step.do === 'accept') {
        const [{ body, node, staleMs }] = votes as [Vote, ...Vote[]];
        return resolve({ body, servedBy: endUndecided(decided), from: node, maskedBy: 'vote', staleMs });
      }
      if (step.do === 'too-few') return fail(tooFew(call, options.f, cause));
      if (step.do === 'wait') return;
      observe({ event: 'no-majority', call, nodes: votes.map(({ node }) => node) });
      fail(new RpcError('bad_reply', `no ${options.f + 1} replicas of ${call.component} agree`));
    }

    function decide(count: Agreed): void {
      tokens.earn();
      end(decided);
      for (const result of ['majority', 'minority', 'abstained'] as const) report(result, count[result]);
      const first = count.majority[0]!;
      for (const liar of count.minority) {
        observe(lostVote(call, liar, count.majority));
        liars.accuse(call, liar);
        if (call.nonce === undefined && nonce) examine(next, withReceipt(call, nonce()), liar, first, observe);
      }
      const { body, staleMs } = votes.find(({ node }) => node === first)!;
      const maskedBy = failed.size + count.minority.length > 0 ? 'vote' : undefined;
      resolve({ body, servedBy: count.majority, from: first, maskedBy, staleMs });
    }

    function onReply(reply: Reply): void {
      state.running--;
      if (over) return;
      // The node that was asked, not the one that the reply names: otherwise a liar could vote in the names of others.
      const node = reply.from ?? reply.servedBy[0] ?? '';
      if (!votes.some((vote) => vote.node === node)) votes.push({ node, body: reply.body, staleMs: reply.staleMs });
      advance();
    }

    function onFailure(thrown: unknown, node: string | undefined): void {
      state.running--;
      if (over) return;
      if (node !== undefined) failed.add(node);
      const error = asRpcError(thrown);
      // f + 1 replicas hold this damaged page, so no further vote can change the result.
      if (error.code === 'bad_page') return fail(error);
      if (error.code === 'bad_reply' || error instanceof UnprovenReply) state.refuted++;
      advance(error);
    }

    function onLate(delayMs: number): void {
      if (state.asked < mostAsked(options) && askForToken('hedge')) return observe({ event: 'hedge', call, delayMs });
      state.late = true;
      advance();
    }

    call.signal.addEventListener('abort', onAbort);
    const delayMs = extraVoteAfterMs(call);
    const extraVoteTimer = delayMs === undefined ? undefined : scheduler.after(delayMs, () => onLate(delayMs));
    for (let i = 0; i <= options.f; i++) ask();
  });
}
