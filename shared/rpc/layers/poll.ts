import type { Scheduler } from '../../time/scheduler.ts';
import { createPlan, planAttempt } from '../attempt-plan.ts';
import type { Call, Reply, Service } from '../call.ts';
import { asRpcError, RpcError } from '../errors.ts';
import { Superseded } from '../superseded.ts';
import type { Budgets } from './budget.ts';
import type { Observe } from './events.ts';
import { examine, lostVote } from './examine.ts';
import type { Liars } from './liars.ts';
import { countVotes, type Vote } from './votes.ts';
import { abortError } from './within.ts';
import { UnprovenReply } from './verify.ts';

export interface PollDependencies {
  readonly scheduler: Scheduler;
  readonly liars: Liars;
  /** The common budget of extra attempts. */
  readonly budget: Budgets;
  /** After how long to ask one more replica, because those asked are slower than usual, ms; undefined = not. */
  readonly patienceMs: (call: Call) => number | undefined;
  readonly observe: Observe;
  /** Makes a nonce, where receipts can be checked: then audited answers are asked for one. */
  readonly nonce?: (() => string) | undefined;
}

export const tooFew = (call: Call, f: number, cause?: unknown): RpcError =>
  new RpcError('unavailable', `fewer than ${f + 1} replicas of ${call.component} answer`, { cause });

/** Why an attempt is stopped that nobody needs any more. */
const decided = new Superseded('enough replicas have agreed');

/**
 * One call put to the vote: asks f + 1 replicas at once, another for each answer that is still missing, and settles
 * when f + 1 are equal. A replica that fails, or is slow, is made up for from the common budget of extra attempts; one
 * that disagrees is made up for freely, because the liar behind it is out of the group right afterwards.
 */
export function poll(
  next: Service,
  call: Call,
  { f, replicas: known }: { f: number; replicas: number },
  { scheduler, liars, budget, patienceMs, observe, nonce }: PollDependencies,
): Promise<Reply> {
  if (call.signal.aborted) return Promise.reject(abortError(call.signal));
  const replicas = Math.min(2 * f + 1, known);
  const tokens = budget(call);
  return new Promise((resolve, reject) => {
    // Audited: each in turn, also those that are too slow to be chosen otherwise.
    const plan = createPlan({ distinct: true, evenly: call.nonce !== undefined });
    const votes: Vote[] = [];
    const replies = new Map<string, Reply>();
    const controller = new AbortController();
    let asked = 0;
    let running = 0;
    /** Replies that were no answers at all: as good as lies. */
    let refuted = 0;
    let over = false;

    const end = (reason: RpcError): void => {
      over = true;
      impatient?.cancel();
      call.signal.removeEventListener('abort', onAbort);
      controller.abort(reason);
    };
    const fail = (error: RpcError): void => {
      end(error);
      reject(error);
    };
    const onAbort = (): void => fail(abortError(call.signal));

    function ask(): void {
      asked++;
      running++;
      next({ ...call, planned: planAttempt(plan), signal: controller.signal }).then(onReply, onFailure);
    }

    function askMore(missing: number, cause?: RpcError): void {
      const disagreeing = votes.length - (f + 1 - missing);
      for (let more = Math.min(missing - running, replicas - asked); more > 0; more--) {
        const free = asked <= f + disagreeing + refuted;
        if (!free && !tokens.spend()) {
          observe({ event: 'budget_exhausted', call, mechanism: 'retry' });
          return fail(tooFew(call, f, cause));
        }
        ask();
      }
      if (running > 0) return;
      if (votes.length <= f) return fail(tooFew(call, f, cause));
      observe({ event: 'no-majority', call, nodes: votes.map(({ node }) => node) });
      fail(new RpcError('bad_reply', `no ${f + 1} replicas of ${call.component} agree`));
    }

    function onReply(reply: Reply): void {
      running--;
      if (over) return;
      // Who was asked, not who the reply says it is: a liar would vote in the names of others.
      const node = reply.from ?? reply.servedBy[0] ?? '';
      if (!replies.has(node)) {
        votes.push({ node, body: reply.body });
        replies.set(node, reply);
      }
      const count = countVotes(votes, f);
      if (count.result === 'open') return askMore(count.missing);
      tokens.earn();
      end(decided);
      for (const liar of count.minority) {
        observe(lostVote(call, liar, count.majority));
        liars.accuse(call, liar);
        if (call.nonce === undefined && nonce)
          examine(next, { ...call, nonce: nonce() }, liar, count.majority[0]!, observe);
      }
      const { body } = replies.get(count.majority[0]!)!;
      resolve({ body, servedBy: count.majority, from: count.majority[0]! });
    }

    function onFailure(thrown: unknown): void {
      running--;
      if (over) return;
      const error = asRpcError(thrown);
      // Enough replicas were asked to know it: no further vote changes it.
      if (error.code === 'bad_page') return fail(error);
      if (error.code === 'bad_reply' || error instanceof UnprovenReply) refuted++;
      const count = countVotes(votes, f);
      askMore(count.result === 'open' ? count.missing : 0, error);
    }

    call.signal.addEventListener('abort', onAbort);
    const delayMs = patienceMs(call);
    const impatient =
      delayMs === undefined || replicas <= f + 1
        ? undefined
        : scheduler.after(delayMs, () => {
            if (over || asked >= replicas) return;
            if (!tokens.spend()) return observe({ event: 'budget_exhausted', call, mechanism: 'hedge' });
            observe({ event: 'hedge', call, delayMs });
            ask();
          });
    for (let i = 0; i <= f; i++) ask();
  });
}
