import type { RequestFailure } from '../client/connection.ts';
import type { TimedRequest } from '../client/pool.ts';
import type { AnswerVerdict } from '../verify/check.ts';
import type { Request } from '../workload/request.ts';
import { timeHistogram } from './histogram.ts';
import type { TickRow } from './timeline.ts';
import { timeline } from './timeline.ts';
import { moments, observe } from './variation.ts';
import type { Moments } from './variation.ts';

export interface Counts {
  /** Requests that were due. */
  asked: number;
  /** Requests whose bytes were written. */
  sent: number;
  /** Answers received in full. */
  done: number;
  right: number;
  /** Success by status, but not by schema or content. */
  wrong: number;
  /** No answer, or an unexpected status. */
  errors: number;
  /** Right answers within the SLO, from the intended time. */
  good: number;
  /** Right answers that were compared with the oracle. */
  compared: number;
  /** Sent a second time, because the server closed the idle connection at the same moment. */
  resent: number;
  /** Body bytes received. */
  bytes: number;
}

export function noCounts(): Counts {
  return { asked: 0, sent: 0, done: 0, right: 0, wrong: 0, errors: 0, good: 0, compared: 0, resent: 0, bytes: 0 };
}

/** Sessions of a walk or a scenario. */
export interface Sessions {
  started: number;
  /** Ended by a mistake in the scenario itself. */
  broken: number;
  /** The reasons, up to the first few different ones. */
  why: string[];
}

/** At most this many reasons for broken sessions are kept. */
export const mostReasons = 5;

/** Totals since the start of one worker, as sent to the controller. Histograms are HdrHistogram bytes. */
export interface Totals {
  counts: Counts;
  /** Error and wrong codes -> number. */
  codes: Record<string, number>;
  /** Request name -> number of answers and errors. */
  names: Record<string, { done: number; errors: number }>;
  /**
   * Latency from the intended time and from sending, of right answers and of requests given up (with the time waited).
   */
  intended: Uint8Array;
  sent: Uint8Array;
  /** Errors and wrong answers, from the intended time. */
  errors: Uint8Array;
  /** From the intended time to sending. */
  lateness: Uint8Array;
  /** Intended to dispatched: the part of the lateness that the generator caused. */
  own: Uint8Array;
  /** ms in flight of every request that was sent before the load ended, with any result. */
  flight: Moments;
  gapsIntended: Moments;
  gapsSent: Moments;
  /** Requests that waited for a free connection. */
  waited: number;
  sessions: Sessions;
  ranks?: number[];
}

export interface Recorder {
  asked(exchange: TimedRequest): void;
  sent(exchange: TimedRequest): void;
  resent(): void;
  answered(exchange: TimedRequest, nowMs: number, bodyBytes: number, verdict: AnswerVerdict): void;
  failed(exchange: TimedRequest, nowMs: number, failure: RequestFailure): void;
  inFlight(nowMs: number, inFlight: number): void;
  session(): void;
  brokenSession(why: string): void;
  totals(): Totals;
  drain(): [number, TickRow][];
}

/**
 * Everything one worker measures, in bounded memory. `startMs`: the clock's ms of the run's time 0. `over`: whether the
 * load has ended at this time.
 */
export function recorder(options: {
  startMs: number;
  tickMs: number;
  sloMs: number;
  over?: (nowMs: number) => boolean;
}): Recorder {
  const { startMs, sloMs, over = () => false } = options;
  const ticks = timeline(options.tickMs);
  const counts = noCounts();
  const codes: Record<string, number> = {};
  const names: Record<string, { done: number; errors: number }> = {};
  const intended = timeHistogram();
  const fromSent = timeHistogram();
  const failures = timeHistogram();
  const lateness = timeHistogram();
  const own = timeHistogram();
  const gapsIntended = moments();
  const gapsSent = moments();
  const flight = moments();
  const sessions: Sessions = { started: 0, broken: 0, why: [] };
  let latenessBefore = Number.NaN;
  let waited = 0;

  function name(request: Request): { done: number; errors: number } {
    return (names[request.name] ??= { done: 0, errors: 0 });
  }

  /** Counts a request that ended, with any result. */
  function ended(exchange: TimedRequest, nowMs: number, right: boolean): void {
    // Requests in line may be sent after the load has ended. The samples of the number in flight end with the load.
    if (!Number.isNaN(exchange.sentMs) && !over(exchange.sentMs)) observe(flight, nowMs - exchange.sentMs);
    if (!right) failures.record(nowMs - exchange.intendedMs);
  }

  function error(exchange: TimedRequest, nowMs: number, code: string): void {
    counts.errors++;
    codes[code] = (codes[code] ?? 0) + 1;
    name(exchange.request).errors++;
    ticks.count(nowMs - startMs, 'errors');
  }

  function times(exchange: TimedRequest, nowMs: number): void {
    intended.record(nowMs - exchange.intendedMs);
    fromSent.record(nowMs - exchange.sentMs);
    ticks.latency(exchange.intendedMs - startMs, nowMs - exchange.intendedMs);
  }

  return {
    asked(exchange) {
      counts.asked++;
      ticks.count(exchange.intendedMs - startMs, 'asked');
      if (exchange.gapMs !== undefined) observe(gapsIntended, exchange.gapMs);
      own.record(exchange.dispatchedMs - exchange.intendedMs);
    },
    sent(exchange) {
      counts.sent++;
      ticks.count(exchange.sentMs - startMs, 'sent');
      const latenessMs = exchange.sentMs - exchange.intendedMs;
      lateness.record(latenessMs);
      if (exchange.gapMs !== undefined) {
        // The arrival before may belong to another worker, and its lateness is not known here. The lateness of this
        // worker's last arrival is used instead.
        if (!Number.isNaN(latenessBefore)) observe(gapsSent, exchange.gapMs + latenessMs - latenessBefore);
        latenessBefore = latenessMs;
      }
      if (exchange.sentMs - exchange.dispatchedMs > 0.5) waited++;
    },
    resent: () => void counts.resent++,
    answered(exchange, nowMs, bodyBytes, verdict) {
      counts.done++;
      counts.bytes += bodyBytes;
      name(exchange.request).done++;
      ticks.count(nowMs - startMs, 'done');
      ended(exchange, nowMs, verdict.kind === 'right');
      if (verdict.kind === 'right') {
        times(exchange, nowMs);
        counts.right++;
        if (verdict.compared) counts.compared++;
        ticks.count(nowMs - startMs, 'right');
        if (nowMs - exchange.intendedMs <= sloMs) {
          counts.good++;
          ticks.count(nowMs - startMs, 'good');
        }
      } else if (verdict.kind === 'wrong') {
        counts.wrong++;
        codes[`wrong_${verdict.why}`] = (codes[`wrong_${verdict.why}`] ?? 0) + 1;
        ticks.count(nowMs - startMs, 'wrong');
      } else error(exchange, nowMs, verdict.why);
    },
    failed(exchange, nowMs, failure) {
      error(exchange, nowMs, failure.code);
      ended(exchange, nowMs, false);
      // A user has waited at least this long. Leaving this time out would make the tail look better. Other failures are
      // fast, so including them would make it look better, too.
      if (failure.code === 'timeout') times(exchange, nowMs);
    },
    session: () => void sessions.started++,
    brokenSession(why) {
      // A session may break and leave a failed promise behind, too. It is still one session.
      sessions.broken = Math.min(sessions.broken + 1, sessions.started);
      if (sessions.why.length < mostReasons && !sessions.why.includes(why)) sessions.why.push(why);
    },
    inFlight: (nowMs, inFlight) => ticks.inFlight(nowMs - startMs, inFlight),
    totals: () => ({
      counts: { ...counts },
      codes: { ...codes },
      names: structuredClone(names),
      intended: intended.bytes(),
      sent: fromSent.bytes(),
      errors: failures.bytes(),
      lateness: lateness.bytes(),
      own: own.bytes(),
      flight: { ...flight },
      gapsIntended: { ...gapsIntended },
      gapsSent: { ...gapsSent },
      waited,
      sessions: structuredClone(sessions),
    }),
    drain: () => ticks.drain(),
  };
}
