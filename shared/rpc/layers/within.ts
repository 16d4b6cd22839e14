import type { Scheduler } from '../../time/scheduler.ts';
import type { Call, Reply, Service } from '../call.ts';
import { RpcError } from '../errors.ts';

/**
 * Calls `next` with the deadline `deadlineAt`, but waits no longer than `timeoutMs`, and not after `call.signal` has
 * aborted. Whichever comes first settles the promise; what is below then learns by its signal that nobody waits any
 * more. Timer and listener are released in every case.
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
    next({ ...call, deadlineAt, signal: controller.signal }).then(
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

/** Why a signal aborted, as an error with a code: `cancelled` unless the one who aborted gave another. */
export function abortError(signal: AbortSignal): RpcError {
  if (signal.reason instanceof RpcError) return signal.reason;
  return new RpcError('cancelled', 'the caller has gone', { cause: signal.reason });
}
