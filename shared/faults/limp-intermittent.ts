import { sleep } from '../time/scheduler.ts';
import { faultKind, Milliseconds, params } from './fault.ts';

/** Slow for `onMs`, normal for `offMs`, in turn. A detector without hysteresis changes its verdict again and again. */
export const limpIntermittent = faultKind({
  kind: 'limp.intermittent',
  summary: 'answers late for some time, then normally, and so on in turn',
  params: params({
    onMs: Milliseconds('how long it is slow', 1),
    offMs: Milliseconds('how long it answers normally in between', 1),
    meanMs: Milliseconds('added to each request while it is slow', 1),
  }),
  serve({ params: { onMs, offMs, meanMs }, ageMs, scheduler, spare }) {
    return (next) =>
      async function limpIntermittent(call) {
        const on = ageMs() % (onMs + offMs) < onMs;
        if (on) await sleep(scheduler, meanMs, call.signal);
        else spare();
        return next(call);
      };
  },
});
