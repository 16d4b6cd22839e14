import { InterruptedError } from './errors.ts';

/**
 * Runs `work` with a signal that Ctrl-C or SIGTERM aborts, so that it can leave everything as it was. Throws InterruptedError for work that
 * fails after that, whatever it says.
 */
export async function onInterrupt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  process.once('SIGINT', abort).once('SIGTERM', abort);
  try {
    return await work(controller.signal);
  } catch (error) {
    throw controller.signal.aborted ? new InterruptedError((error as Error).message, { cause: error }) : error;
  } finally {
    process.off('SIGINT', abort).off('SIGTERM', abort);
  }
}
