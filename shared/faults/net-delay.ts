import { sample } from './draw.ts';
import { faultKind, Milliseconds, params, scatter } from './fault.ts';

/** Messages take longer on the way. The node itself is as fast as ever. */
export const netDelay = faultKind({
  kind: 'net.delay',
  summary: 'messages to and from it take longer',
  params: params({
    meanMs: Milliseconds('added to each message on the way, on average', 1),
    ...scatter,
  }),
  edge({ fault, params: { meanMs, jitterMs, distribution }, draw }) {
    const leg = fault.scope.direction ?? 'request';
    return ({ requestId }) => {
      const delayMs = sample(distribution, meanMs, jitterMs, draw(requestId, 'u'), draw(requestId, 'v'));
      return delayMs > 0 ? { do: 'delay', leg, delayMs } : { do: 'pass' };
    };
  },
});
