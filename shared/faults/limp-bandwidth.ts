import Type from 'typebox';
import { faultKind, params } from './fault.ts';

/** The time between two pieces, ms: short enough to look like a steady stream. */
const tickMs = 50;

/** Sends the reply at `bytesPerSecond`: the first byte arrives in time, the last one does not. */
export const limpBandwidth = faultKind({
  kind: 'limp.bandwidth',
  summary: 'sends replies at a trickle of bytes per second',
  params: params({
    bytesPerSecond: Type.Number({ minimum: 20, maximum: 1e9, description: 'the speed at which replies leave' }),
  }),
  body({ params: { bytesPerSecond } }) {
    const chunkBytes = Math.max(1, Math.round((bytesPerSecond * tickMs) / 1_000));
    return () => ({ chunkBytes, pauseMs: (chunkBytes / bytesPerSecond) * 1_000 });
  },
});
