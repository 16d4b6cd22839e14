import Type from 'typebox';
import { sleep } from '../time/scheduler.ts';
import { sample } from './draw.ts';
import { faultKind, Milliseconds, params, scatter } from './fault.ts';

/**
 * The node works, but slowly: each request that is hit takes `meanMs` longer, and its normal time is multiplied by
 * `factor`. The delay grows from 0 to its full size over `rampMs`, as leaks and wear do.
 */
export const limpLatency = faultKind({
  kind: 'limp.latency',
  summary: 'answers late',
  params: params({
    meanMs: Milliseconds('added to each request that is hit, on average', 0, 0),
    ...scatter,
    factor: Type.Number({
      minimum: 1,
      maximum: 1_000,
      default: 1,
      description: 'the normal time of a request is multiplied by this',
    }),
    rampMs: Milliseconds('the delay grows from 0 to its full size over this time, as leaks do', 0, 0),
  }),
  check: ({ meanMs, factor }) =>
    meanMs === 0 && factor === 1 ? 'meanMs above 0 or factor above 1 is needed' : undefined,
  serve({ params: { meanMs, jitterMs, distribution, factor, rampMs }, ageMs, clock, draw, scheduler, spare }) {
    return (next) =>
      async function limpLatency(call) {
        const part = rampMs === 0 ? 1 : Math.min(1, ageMs() / rampMs);
        const u = draw(call.requestId, 'u');
        const extraMs = meanMs === 0 ? 0 : part * sample(distribution, meanMs, jitterMs, u, draw(call.requestId, 'v'));
        if (extraMs > 0) await sleep(scheduler, extraMs, call.signal);
        const startedAt = clock.now();
        const reply = await next(call);
        const stretchMs = (clock.now() - startedAt) * (factor - 1) * part;
        if (stretchMs > 0) await sleep(scheduler, stretchMs, call.signal);
        if (extraMs <= 0 && stretchMs <= 0) spare();
        return reply;
      };
  },
});
