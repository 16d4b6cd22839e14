import Type, { type Static } from 'typebox';
import type { Layer } from '../rpc/call.ts';
import type { Clock } from '../time/clock.ts';
import type { LagMeter } from './lag.ts';

const Count = Type.Integer({ minimum: 0 });

/**
 * What a node says about itself with each heartbeat. The counters run from the start of its process, so a lost
 * heartbeat loses no information.
 */
export const SelfReport = Type.Object({
  /** How late its main loop runs, ms. */
  lagMs: Type.Number({ minimum: 0 }),
  /** The part of `lagMs` that is not caused by waiting for a processor, ms. */
  ownLagMs: Type.Number({ minimum: 0 }),
  received: Count,
  answered: Count,
  /** Calls that were answered, or given up because nobody waited any more. */
  ended: Count,
  /** Ended calls whose time is in `busyMs`: all but the first ones of the process. */
  timed: Count,
  /**
   * The time in ms that the `timed` calls took together. The time of a call begins with its arrival, and ends with its
   * answer, or when nobody waits for the answer any more.
   */
  busyMs: Count,
});
export type SelfReport = Static<typeof SelfReport>;

export interface SelfMeter {
  /** A layer of the server: counts calls and their ends, except calls of priority `health`. */
  readonly layer: Layer;
  readonly report: () => SelfReport;
}

/**
 * The first calls of a process are slow: code is compiled, connections are opened, caches are empty. They are not
 * timed.
 */
const warmUpCalls = 50;

export function createSelfMeter(clock: Clock, lag: Pick<LagMeter, 'lagMs' | 'ownLagMs'>): SelfMeter {
  let received = 0;
  let answered = 0;
  let ended = 0;
  let timed = 0;
  let busyMs = 0;
  return {
    layer: (next) =>
      async function selfMeter(call) {
        if (call.priority === 'health') return next(call);
        const startedAt = clock.now();
        const isTimed = ++received > warmUpCalls;
        try {
          return await next(call);
        } finally {
          // When the caller has left, the call counts as ended, but not as answered.
          if (!call.signal.aborted) answered++;
          ended++;
          if (isTimed) {
            timed++;
            busyMs += clock.now() - startedAt;
          }
        }
      },
    report: () => ({
      lagMs: Math.round(lag.lagMs() * 10) / 10,
      ownLagMs: Math.round(lag.ownLagMs() * 10) / 10,
      received,
      answered,
      ended,
      timed,
      busyMs: Math.round(busyMs),
    }),
  };
}
