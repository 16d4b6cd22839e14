import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher, Pool } from 'undici';

/** One reply, whole. */
export interface Exchange {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/**
 * One POST over `pool`, the reply collected as text. undici's lowest interface: its `request` makes a stream of each body, which
 * costs as much as the rest of a hop. Rejects with undici's error, or with the signal's reason once it aborts; an abort closes
 * the socket, so that the callee sees it. `onHead` is told when the head of the reply comes, `onCut` when it is aborted after that.
 */
export function exchange(
  pool: Pool,
  path: string,
  headers: Record<string, string>,
  body: string,
  signal: AbortSignal,
  { onHead = () => {}, onCut = () => {} }: { onHead?: () => void; onCut?: () => void } = {},
): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    let controller: Dispatcher.DispatchController | undefined;
    let status = 0;
    let replyHeaders: IncomingHttpHeaders = {};
    let first: Buffer | undefined;
    let more: Buffer[] | undefined;

    const onAbort = (): void => {
      if (status !== 0) onCut();
      controller?.abort(signal.reason as Error);
      // Still waiting for a socket: there is nothing to close yet, onRequestStart will see the signal.
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });

    pool.dispatch(
      { method: 'POST', path, headers, body },
      {
        onRequestStart(started) {
          controller = started;
          if (signal.aborted) started.abort(signal.reason as Error);
        },
        onResponseStart(_controller, statusCode, responseHeaders) {
          status = statusCode;
          onHead();
          replyHeaders = responseHeaders;
        },
        onResponseData(_controller, chunk) {
          if (first === undefined) first = chunk;
          else (more ??= [first]).push(chunk);
        },
        onResponseEnd() {
          signal.removeEventListener('abort', onAbort);
          resolve({ status, headers: replyHeaders, body: (more ? Buffer.concat(more) : (first ?? '')).toString() });
        },
        onResponseError(_controller, error) {
          signal.removeEventListener('abort', onAbort);
          reject(error);
        },
      },
    );
  });
}
