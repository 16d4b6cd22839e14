import type { Clock } from '../../shared/time/clock.ts';
import type { Random } from '../../shared/time/random.ts';
import type { Scheduler } from '../../shared/time/scheduler.ts';
import type { RequestFailure } from '../client/connection.ts';
import type { TimedRequest, Pool } from '../client/pool.ts';
import type { Recorder } from '../measure/recorder.ts';
import type { Think } from '../options/plan.ts';
import type { Checker } from '../verify/check.ts';
import { answerOf, bodilessAnswer } from '../workload/request.ts';
import type { Answer, Request, Session } from '../workload/request.ts';
import type { SessionSource, Workload } from '../workload/workload.ts';
import { endSession, mostPausesInARow, nextMove, startSession } from './session.ts';
import { drawThink } from './think.ts';

/**
 * After a failure, a closed user or a session waits this long. Without this wait, a dead server would turn a closed
 * loop into a busy loop.
 */
const afterFailureMs = 100;

export interface Drive {
  /** One arrival of an open model: a request, or the start of a session. `gapMs`: since the arrival before it. */
  arrive(intendedMs: number, nowMs: number, gapMs?: number): void;
  /** Starts one user of a closed model, who goes on until the end. */
  user(startMs: number): void;
}

/** The time when a request is due; for an arrival, also the time since the one before. */
interface Due {
  intendedMs: number;
  gapMs?: number | undefined;
}

/** The state of a session: when its next step is due, and whether it has sent a request yet. */
interface Step {
  dueMs: number;
  gapMs?: number | undefined;
  sends: boolean;
}

type After = (answer: Answer | undefined, nowMs: number) => void;

/**
 * Sends requests, checks and records the answers, and then continues the session or user that waits for each answer.
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
  /** Called with every wrong answer. */
  onWrong: (request: Request, answer: Answer, why: 'schema' | 'content', nowMs: number) => void;
  /** Whether the run is over at this time (clock ms), so that no new request is sent. */
  over: (nowMs: number) => boolean;
}): Drive {
  const { pool, workload, checker, recorder, clock, scheduler, random, think, onWrong, over } = options;
  const { source } = workload;

  function exchange(request: Request, due: Due, nowMs: number, after: After | undefined, wantBody: boolean): void {
    const one: TimedRequest = {
      request,
      intendedMs: due.intendedMs,
      ...(due.gapMs === undefined ? {} : { gapMs: due.gapMs }),
      dispatchedMs: nowMs,
      sentMs: Number.NaN,
      keepBody: wantBody || checker.needsBody(request),
      answered(parsed) {
        const nowMs = clock.now();
        const answer = one.keepBody ? answerOf(parsed.status, parsed.body) : bodilessAnswer(parsed.status);
        const verdict = checker.check(request, answer);
        recorder.answered(one, nowMs, parsed.bodyBytes, verdict);
        if (verdict.kind === 'wrong') onWrong(request, answer, verdict.why, nowMs);
        if (wantBody && verdict.kind === 'right' && source.kind === 'requests') source.learn(request, answer);
        after?.(answer, nowMs);
      },
      failed(failure: RequestFailure) {
        const nowMs = clock.now();
        recorder.failed(one, nowMs, failure);
        after?.(undefined, nowMs);
      },
    };
    recorder.asked(one);
    pool.dispatch(one);
  }

  /** Runs at `dueMs` of the clock, or now when that is past. `run` gets the intended time. */
  function at(dueMs: number, run: (intendedMs: number) => void): void {
    const waitMs = dueMs - clock.now();
    if (waitMs <= 0.05) run(dueMs);
    else scheduler.after(waitMs, () => run(dueMs));
  }

  /** Takes the steps of a session, each when it is due, until the session ends, breaks, or the run is over. */
  function step(session: Session, answer: Answer | undefined, from: Step, onEnd: (nowMs: number) => void): void {
    let dueMs = from.dueMs;
    for (let pauses = 0; ; pauses++) {
      // A session that only pauses would otherwise never leave this loop, and would block the whole worker.
      if (over(dueMs) || over(clock.now())) return endSession(session);
      if (pauses > mostPausesInARow) {
        endSession(session);
        return broken(`it pauses more than ${mostPausesInARow} times without a request`, onEnd);
      }
      const move = nextMove(session, answer);
      if (move.kind === 'broken') return broken(move.why, onEnd);
      if (move.kind === 'end') return from.sends ? onEnd(dueMs) : broken('it ends without a request', onEnd);
      if (move.kind === 'pause') {
        dueMs += move.ms;
        continue;
      }
      return at(dueMs, (intendedMs) => {
        if (over(clock.now())) return endSession(session);
        const goOn: After = (next, nowMs) =>
          step(session, next, { dueMs: next ? nowMs : nowMs + afterFailureMs, sends: true }, onEnd);
        exchange(move.request, { intendedMs, gapMs: from.gapMs }, clock.now(), goOn, true);
      });
    }
  }

  function broken(why: string, onEnd: (nowMs: number) => void): void {
    recorder.brokenSession(why);
    onEnd(clock.now() + afterFailureMs);
  }

  function begin(sessions: SessionSource, due: Due, onEnd: (nowMs: number) => void): void {
    recorder.session();
    const session = startSession(sessions.start);
    if (typeof session === 'string') return broken(session, onEnd);
    step(session, undefined, { dueMs: due.intendedMs, gapMs: due.gapMs, sends: false }, onEnd);
  }

  return {
    arrive(intendedMs, nowMs, gapMs) {
      const due: Due = { intendedMs, gapMs };
      if (source.kind === 'sessions') return begin(source, due, () => {});
      const request = source.next();
      exchange(request, due, nowMs, undefined, source.wantsBody(request));
    },
    user(startMs) {
      const again = (fromMs: number) => at(fromMs + drawThink(think, random), go);
      function go(intendedMs: number): void {
        if (over(clock.now())) return;
        if (source.kind === 'sessions') return begin(source, { intendedMs }, again);
        const request = source.next();
        const after: After = (answer, nowMs) => again(answer ? nowMs : nowMs + afterFailureMs);
        exchange(request, { intendedMs }, clock.now(), after, source.wantsBody(request));
      }
      at(startMs, go);
    },
  };
}
