import Type from 'typebox';
import { faultKind, params } from './fault.ts';

/**
 * The wall clock is `offsetMs` off. The wall clock and the monotonic clock run `driftPpm` parts per million too fast
 * (negative: too slow).
 */
export const clockSkew = faultKind({
  kind: 'clock.skew',
  summary: 'its clock is wrong',
  params: params({
    offsetMs: Type.Number({
      minimum: -1e12,
      maximum: 1e12,
      default: 0,
      description: 'how far the wall clock is ahead; negative: behind',
    }),
    driftPpm: Type.Number({
      minimum: -900_000,
      maximum: 9_000_000,
      default: 0,
      description:
        'by how many parts per million the wall clock and the monotonic clock run too fast; negative: too slow',
    }),
  }),
  check: ({ offsetMs, driftPpm }) =>
    offsetMs === 0 && driftPpm === 0 ? 'offsetMs or driftPpm other than 0 is needed' : undefined,
  skew: ({ offsetMs, driftPpm }) => ({ offsetMs, rate: 1 + driftPpm / 1e6 }),
});
