import type { Clock } from '../../shared/time/clock.ts';
import type { Random } from '../../shared/time/random.ts';
import type { Scheduler } from '../../shared/time/scheduler.ts';
import type { Failure } from '../client/connection.ts';
import type { Exchange, Pool } from '../client/pool.ts';
import type { Recorder } from '../measure/recorder.ts';
import type { Think } from '../options/plan.ts';
import type { Checker } from '../verify/check.ts';
import { answerOf, bodilessAnswer } from '../workload/request.ts';
import type { Answer, Request, Session } from '../workload/request.ts';
import type { Workload } from '../workload/workload.ts';
import { drawThink } from './think.ts';

/** After a failure a closed user, or a session, waits this long: a dead server must not turn a closed loop into a busy one. */
const afterFailureMs = 100;

export interface Drive {
  /** One arrival of an open model: a request, or the start of a session. */
  arrive(intendedMs: number, nowMs: number): void;
  /** One user of a closed model, who goes on until the end. */
  user(startMs: number): void;
}

type After = (answer: Answer | undefined, nowMs: number) => void;

/**
 * Sends requests, has the answers checked and recorded, and goes on with whoever waits for them.
 *
 *   arrival / user -> exchange -> pool -> answer -> check -> record -> next step of the session or user
 */
export function driver(options: {
  pool: Pool;
  workload: Workload;
  checker: Checker;
  recorder: Recorder;
  clock: Clock;
  scheduler: Scheduler;
  random: Random;
  think: Think;
  /** No new request is due at or after this (clock ms). */
  over: (nowMs: number) => boolean;
}): Drive {
  const { pool, workload, checker, recorder, clock, scheduler, random, think, over } = options;
  const { source } = workload;

  function exchange(
    request: Request,
    intendedMs: number,
    nowMs: number,
    after: After | undefined,
    wantBody: boolean,
  ): void {
    const one: Exchange = {
      request,
      intendedMs,
      dispatchedMs: nowMs,
      sentMs: Number.NaN,
      keepBody: wantBody || checker.needsBody(request),
      answered(parsed) {
        const nowMs = clock.now();
        const answer = one.keepBody ? answerOf(parsed.status, parsed.body) : bodilessAnswer(parsed.status);
        const verdict = checker.check(request, answer);
        recorder.answered(one, nowMs, parsed.bodyBytes, verdict);
        if (wantBody && verdict.kind === 'right' && source.kind === 'requests') source.learn(request, answer);
        after?.(answer, nowMs);
      },
      failed(failure: Failure) {
        const nowMs = clock.now();
        recorder.failed(one, nowMs, failure);
        after?.(undefined, nowMs);
      },
    };
    recorder.asked(one);
    pool.dispatch(one);
  }

  /** At `dueMs` of the clock, or now when that is past; `run` is given the intended time. */
  function at(dueMs: number, run: (intendedMs: number) => void): void {
    const waitMs = dueMs - clock.now();
    if (waitMs <= 0.05) run(dueMs);
    else scheduler.after(waitMs, () => run(dueMs));
  }

  function step(session: Session, answer: Answer | undefined, dueMs: number, onEnd: (nowMs: number) => void): void {
    let due = dueMs;
    for (;;) {
      const result = session.next(answer);
      if (result.done) return onEnd(due);
      if ('thinkMs' in result.value) {
        due += Math.max(0, result.value.thinkMs);
        continue;
      }
      const request = result.value;
      return at(due, (intendedMs) => {
        if (over(clock.now())) return void session.return();
        exchange(
          request,
          intendedMs,
          clock.now(),
          (next, nowMs) => step(session, next, next ? nowMs : nowMs + afterFailureMs, onEnd),
          true,
        );
      });
    }
  }

  return {
    arrive(intendedMs, nowMs) {
      if (source.kind === 'sessions') return step(source.start(), undefined, intendedMs, () => {});
      const request = source.next();
      exchange(request, intendedMs, nowMs, undefined, source.wantsBody(request));
    },
    user(startMs) {
      const again = (fromMs: number) => at(fromMs + drawThink(think, random), go);
      function go(intendedMs: number): void {
        if (over(clock.now())) return;
        if (source.kind === 'sessions') return step(source.start(), undefined, intendedMs, again);
        const request = source.next();
        const after: After = (answer, nowMs) => again(answer ? nowMs : nowMs + afterFailureMs);
        exchange(request, intendedMs, clock.now(), after, source.wantsBody(request));
      }
      at(startMs, go);
    },
  };
}
