import { sleep, type Scheduler } from '../time/scheduler.ts';
import type { BodyShape } from './fault.ts';

/** A reset discards data that the reader has not read yet. Without a pause the reader would see nothing of the body. */
const beforeResetMs = 20;

interface ShapeOptions {
  readonly scheduler: Scheduler;
  /** Aborts when the fault ends; the rest is then sent at once. */
  readonly signal: AbortSignal;
  /** Breaks the connection (`socket.resetAndDestroy()`). */
  readonly reset: () => void;
}

/**
 * The pieces of a reply, timed as `shape` says; for `Readable.from`, so that back pressure works.
 *
 *     payload  ##########
 *     dribble  ##..##..##..##..##        # bytes, . pause
 *     reset    ####X                     the reader gets the header and half of the body
 */
export async function* shapeBody(
  payload: Uint8Array,
  shape: BodyShape,
  options: ShapeOptions,
): AsyncGenerator<Uint8Array> {
  const { chunkBytes, pauseMs, resetAfterBytes } = shape;
  const last = resetAfterBytes === undefined ? payload.length : Math.min(resetAfterBytes, payload.length);
  for (let at = 0; at < last;) {
    const ended = options.signal.aborted;
    const size = ended ? last - at : Math.min(chunkBytes, last - at);
    yield payload.subarray(at, at + size);
    at += size;
    if (pauseMs > 0 && at < last && !ended) await pause(pauseMs, options);
  }
  if (resetAfterBytes === undefined) return;
  await pause(beforeResetMs, options);
  options.reset();
}

async function pause(pauseMs: number, { scheduler, signal }: ShapeOptions): Promise<void> {
  try {
    await sleep(scheduler, pauseMs, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
