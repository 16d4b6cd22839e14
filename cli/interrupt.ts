import { onEndSignals } from '../shared/end-signals.ts';
import { exitCodes } from '../shared/exit-codes.ts';
import { InterruptedError } from './errors.ts';

/**
 * Runs `work` with an AbortSignal that Ctrl-C, SIGTERM or a closed terminal aborts, so that `work` can tidy up. A
 * second Ctrl-C ends the process at once. If `work` fails after the abort, this throws an InterruptedError with the
 * message of the failure. `signal.reason` is an InterruptedError, too.
 */
export async function onInterrupt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stopListening = onEndSignals(
    () => controller.abort(new InterruptedError('stopped before the end; nothing that it started is left running')),
    () => process.exit(exitCodes.interrupted),
  );
  try {
    return await work(controller.signal);
  } catch (error) {
    if (!controller.signal.aborted || error instanceof InterruptedError) throw error;
    throw new InterruptedError((error as Error).message, { cause: error });
  } finally {
    stopListening();
  }
}
