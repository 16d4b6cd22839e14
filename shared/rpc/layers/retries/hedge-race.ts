import type { Clock } from '../../../time/clock.ts';
import type { Random } from '../../../time/random.ts';
import type { Scheduler, Timer } from '../../../time/scheduler.ts';
import { type AttemptKind, type AttemptPlan, createPlan, planAttempt } from '../../attempt-plan.ts';
import type { Call, Reply, Service } from '../../call.ts';
import { attemptOf } from '../../derived-call.ts';
import { asRpcError, type RpcError } from '../../errors.ts';
import { Superseded } from '../../superseded.ts';
import type { RetryBudget, Budgets } from './budget.ts';
import type { Observe } from '../events.ts';
import { type Tally, tallyNothing } from '../tally.ts';
import { decideRetry, giveUp, type RetrySettings } from './retry.ts';
import { abortError } from '../deadlines/within.ts';

/**
 * The reason for stopping an attempt after another one has won. All attempts share one object, because errors are
 * expensive to make.
 */
const lost = new Superseded('another replica answered first');

export interface RaceDependencies {
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  /** The settings of `retry`: whether and when another attempt follows a failed one; false = none follows. */
  readonly retrying: () => RetrySettings | false;
  /** The common budget of extra attempts. A follow-up after a failure takes a token from it, as in `retry`. */
  readonly budget: Budgets;
  readonly observe: Observe;
  readonly tally?: Tally;
}

export interface Race extends RaceDependencies {
  /** The delay after which another replica is asked, ms; undefined = no other replica is asked. */
  readonly delayMs: number | undefined;
  readonly tokens: RetryBudget;
  /** Whether a replica that the plan has not asked yet is likely to be faster. */
  readonly worthwhile: (plan: AttemptPlan, usualMs: number) => boolean;
  /** The call makes no further hedge after this many attempts. */
  readonly maxAttempts: number;
}

/**
 * The attempts of one hedged call. The first answer wins and stops the others; the call fails when all attempts fail.
 */
export function race(
  next: Service,
  call: Call,
  {
    clock,
    random,
    scheduler,
    budget,
    observe,
    tally = tallyNothing,
    delayMs,
    tokens,
    worthwhile,
    maxAttempts,
    retrying,
  }: Race,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const plan = createPlan();
    const running = new Set<AbortController>();
    const failures = budget(call);
    let made = 0;
    let waiting: Timer | undefined;
    let hedging: Timer | undefined;
    let hedged = false;
    let over = false;

    const end = (reason: RpcError) => {
      over = true;
      hedging?.cancel();
      waiting?.cancel();
      call.signal.removeEventListener('abort', onAbort);
      for (const controller of running) controller.abort(reason);
    };
    const fail = (error: RpcError) => {
      if (hedged) tally.hedge(call.component, 'none');
      end(error);
      reject(error);
    };
    const onAbort = () => fail(abortError(call.signal));

    function launch(kind?: AttemptKind): void {
      const controller = new AbortController();
      const planned = planAttempt(plan, kind);
      running.add(controller);
      made++;
      next(attemptOf(call, planned, call.attempt + made - 1, controller.signal)).then(
        (reply) => {
          running.delete(controller);
          if (over) return;
          failures.earn();
          if (hedged) tally.hedge(call.component, planned.kind === 'hedge' ? 'hedge' : 'first');
          end(lost);
          resolve(reply);
        },
        (thrown: unknown) => {
          running.delete(controller);
          if (!over) onFailure(thrown, planned.node);
        },
      );
    }

    function onFailure(thrown: unknown, node: string | undefined): void {
      const error = asRpcError(thrown);
      const settings = retrying();
      const decision = settings
        ? decideRetry(settings, call, { error, attempt: made, node, now: clock.now(), draw: random.next() })
        : giveUp;
      if (decision.do === 'wait' && waiting === undefined) {
        if (failures.spend()) {
          observe({ event: 'retry', call, code: error.code, delayMs: decision.delayMs });
          if (decision.delayMs === 0) return launch();
          waiting = scheduler.after(decision.delayMs, () => {
            waiting = undefined;
            launch();
          });
          return;
        }
        observe({ event: 'budget_exhausted', call, mechanism: 'retry' });
      }
      if (running.size === 0 && waiting === undefined) fail(error);
    }

    function hedgeAfter(delayMs: number): void {
      if (clock.now() + delayMs >= call.deadlineAt) return;
      hedging = scheduler.after(delayMs, () => {
        if (made >= maxAttempts || running.size !== 1 || waiting !== undefined) return;
        // Do not check again at once, even if the hedge delay is very short: nothing would have changed in that time.
        if (!worthwhile(plan, delayMs)) return hedgeAfter(Math.max(1, delayMs));
        if (!tokens.spend()) return observe({ event: 'budget_exhausted', call, mechanism: 'hedge' });
        observe({ event: 'hedge', call, delayMs });
        hedged = true;
        launch('hedge');
      });
    }

    call.signal.addEventListener('abort', onAbort);
    if (delayMs !== undefined) hedgeAfter(delayMs);
    launch();
  });
}
