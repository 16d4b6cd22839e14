import type { Scheduler } from '../../../time/scheduler.ts';
import type { Call, Reply, Service } from '../../call.ts';
import { limited } from '../../derived-call.ts';
import { RpcError } from '../../errors.ts';

/**
 * Calls `next` with the deadline `deadlineAt`. Waits at most `timeoutMs`, and stops when `call.signal` aborts.
 * The reply, the timeout or the abort settles the promise, whichever is first. A timeout or an abort also aborts the
 * signal of the work below, because nobody waits for it any more. The timer and the listener are released in every
 * case.
 */
export function callWithin(
  next: Service,
  call: Call,
  { timeoutMs, deadlineAt }: { readonly timeoutMs: number; readonly deadlineAt: number },
  scheduler: Scheduler,
  timeoutError: () => RpcError,
): Promise<Reply> {
  if (call.signal.aborted) return Promise.reject(abortError(call.signal));
  return new Promise((resolve, reject) => {
    const controller = new AbortController();
    const release = () => {
      timer.cancel();
      call.signal.removeEventListener('abort', onAbort);
    };
    const giveUp = (error: RpcError) => {
      release();
      reject(error);
      controller.abort(error);
    };
    const onAbort = () => giveUp(abortError(call.signal));
    const timer = scheduler.after(timeoutMs, () => giveUp(timeoutError()));
    call.signal.addEventListener('abort', onAbort);
    next(limited(call, deadlineAt, controller.signal)).then(
      (reply) => {
        release();
        resolve(reply);
      },
      (error: unknown) => {
        release();
        reject(error);
      },
    );
  });
}

/**
 * The reason why a signal aborted, as an error with a code: `cancelled` unless the reason of the abort has its own
 * code.
 */
export function abortError(signal: AbortSignal): RpcError {
  if (signal.reason instanceof RpcError) return signal.reason;
  return new RpcError('cancelled', 'the caller has gone', { cause: signal.reason });
}
