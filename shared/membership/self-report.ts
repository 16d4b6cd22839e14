import Type, { type Static } from 'typebox';
import type { Layer } from '../rpc/call.ts';
import type { Clock } from '../time/clock.ts';
import type { LagMeter } from './lag.ts';

const Count = Type.Integer({ minimum: 0 });

/** What a node says about itself with each heartbeat. Counters since its start: a lost heartbeat loses nothing. */
export const SelfReport = Type.Object({
  lagMs: Type.Number({ minimum: 0 }),
  received: Count,
  answered: Count,
  /** Time between arrival and answer, over all calls, ms. */
  busyMs: Count,
});
export type SelfReport = Static<typeof SelfReport>;

export interface SelfMeter {
  /** The server's outermost layer: counts what comes in and what goes out. Signs of life are not counted. */
  readonly layer: Layer;
  readonly report: () => SelfReport;
}

export function createSelfMeter(clock: Clock, lag: Pick<LagMeter, 'lagMs'>): SelfMeter {
  let received = 0;
  let answered = 0;
  let busyMs = 0;
  return {
    layer: (next) =>
      async function selfMeter(call) {
        if (call.priority === 'health') return next(call);
        const startedAt = clock.now();
        received++;
        try {
          return await next(call);
        } finally {
          // When the caller has gone there is nobody to answer.
          if (!call.signal.aborted) {
            answered++;
            busyMs += clock.now() - startedAt;
          }
        }
      },
    report: () => ({ lagMs: Math.round(lag.lagMs() * 10) / 10, received, answered, busyMs: Math.round(busyMs) }),
  };
}
