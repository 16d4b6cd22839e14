import Type from 'typebox';
import { faultKind, Milliseconds, params } from './fault.ts';

/**
 * Sends `chunkBytes`, pauses, and so on. Each gap is too short for an idle timeout, but the whole reply takes far too
 * long.
 */
export const limpDribble = faultKind({
  kind: 'limp.dribble',
  summary: 'sends replies in small chunks with pauses',
  params: params({
    chunkBytes: Type.Integer({ minimum: 1, maximum: 1_000_000, default: 16, description: 'the size of one chunk' }),
    pauseMs: Milliseconds('the pause after each chunk', 1, 100),
  }),
  body:
    ({ params: { chunkBytes, pauseMs } }) =>
    () => ({ chunkBytes, pauseMs }),
});
