import type { Failure } from '../client/connection.ts';
import type { Exchange } from '../client/pool.ts';
import type { Verdict } from '../verify/check.ts';
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
  /** No answer, or a status that was not expected. */
  errors: number;
  /** Right within the SLO, from the intended time. */
  good: number;
  /** Right answers that were compared with the oracle. */
  compared: number;
  /** Body bytes received. */
  bytes: number;
}

/** Totals since the start of one worker, as they cross to the controller. Histograms are HdrHistogram bytes. */
export interface Totals {
  counts: Counts;
  /** Error and wrong codes -> number. */
  codes: Record<string, number>;
  /** Request name -> number of answers and errors. */
  names: Record<string, { done: number; errors: number }>;
  intended: Uint8Array;
  sent: Uint8Array;
  lateness: Uint8Array;
  /** Intended to dispatched: the generator's own part of the lateness. */
  own: Uint8Array;
  gapsIntended: Moments;
  gapsSent: Moments;
  /** Requests that waited for a free connection. */
  waited: number;
  ranks?: number[];
}

export interface Recorder {
  asked(exchange: Exchange): void;
  sent(exchange: Exchange): void;
  answered(exchange: Exchange, nowMs: number, bodyBytes: number, verdict: Verdict): void;
  failed(exchange: Exchange, nowMs: number, failure: Failure): void;
  inFlight(nowMs: number, inFlight: number): void;
  totals(): Totals;
  drain(): [number, TickRow][];
}

/** Everything one worker measures, in bounded memory. `startMs`: the clock's ms of the run's time 0. */
export function recorder(options: { startMs: number; tickMs: number; sloMs: number }): Recorder {
  const { startMs, sloMs } = options;
  const ticks = timeline(options.tickMs);
  const counts: Counts = { asked: 0, sent: 0, done: 0, right: 0, wrong: 0, errors: 0, good: 0, compared: 0, bytes: 0 };
  const codes: Record<string, number> = {};
  const names: Record<string, { done: number; errors: number }> = {};
  const intended = timeHistogram();
  const fromSent = timeHistogram();
  const lateness = timeHistogram();
  const own = timeHistogram();
  const gapsIntended = moments();
  const gapsSent = moments();
  let lastIntended = Number.NaN;
  let lastSent = Number.NaN;
  let waited = 0;

  function name(request: Request): { done: number; errors: number } {
    return (names[request.name] ??= { done: 0, errors: 0 });
  }

  function error(exchange: Exchange, nowMs: number, code: string): void {
    counts.errors++;
    codes[code] = (codes[code] ?? 0) + 1;
    name(exchange.request).errors++;
    ticks.count(nowMs - startMs, 'errors');
  }

  function times(exchange: Exchange, nowMs: number): void {
    intended.record(nowMs - exchange.intendedMs);
    fromSent.record(nowMs - exchange.sentMs);
    ticks.latency(exchange.intendedMs - startMs, nowMs - exchange.intendedMs);
  }

  return {
    asked(exchange) {
      counts.asked++;
      ticks.count(exchange.intendedMs - startMs, 'asked');
      if (lastIntended === lastIntended) observe(gapsIntended, exchange.intendedMs - lastIntended);
      lastIntended = exchange.intendedMs;
      own.record(exchange.dispatchedMs - exchange.intendedMs);
    },
    sent(exchange) {
      counts.sent++;
      ticks.count(exchange.sentMs - startMs, 'sent');
      if (lastSent === lastSent) observe(gapsSent, exchange.sentMs - lastSent);
      lastSent = exchange.sentMs;
      lateness.record(exchange.sentMs - exchange.intendedMs);
      if (exchange.sentMs - exchange.dispatchedMs > 0.5) waited++;
    },
    answered(exchange, nowMs, bodyBytes, verdict) {
      counts.done++;
      counts.bytes += bodyBytes;
      name(exchange.request).done++;
      ticks.count(nowMs - startMs, 'done');
      times(exchange, nowMs);
      if (verdict.kind === 'right') {
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
      // A request given up has taken at least this long: leaving it out would flatter the tail. Other failures are fast and would too.
      if (failure.code === 'timeout') times(exchange, nowMs);
    },
    inFlight: (nowMs, inFlight) => ticks.inFlight(nowMs - startMs, inFlight),
    totals: () => ({
      counts: { ...counts },
      codes: { ...codes },
      names: structuredClone(names),
      intended: intended.bytes(),
      sent: fromSent.bytes(),
      lateness: lateness.bytes(),
      own: own.bytes(),
      gapsIntended: { ...gapsIntended },
      gapsSent: { ...gapsSent },
      waited,
    }),
    drain: () => ticks.drain(),
  };
}
