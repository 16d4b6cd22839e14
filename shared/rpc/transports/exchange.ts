import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher, Pool } from 'undici';
import type { Timer } from '../../time/scheduler.ts';
import { Superseded } from '../superseded.ts';
import type { Draining } from './draining.ts';

/** One complete reply. */
export interface Exchange {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ExchangeOptions {
  /** Called when the head of the reply has arrived. */
  readonly onHead?: () => void;
  /** Called when the exchange is aborted after the head has arrived. */
  readonly onCut?: () => void;
  /** Lets a superseded exchange end by itself. */
  readonly draining?: Draining;
}

/**
 * One POST over `pool`; the reply is collected as text. It uses undici's lowest interface, `dispatch`. The higher one,
 * `request`, makes a stream of each body, which costs as much as the rest of a hop. Rejects with undici's error, or
 * with the signal's reason when the signal aborts. An abort closes the socket, so that the callee notices the abort.
 * The next call then needs a new connection, and with TLS a handshake, so a superseded exchange may drain first.
 */
export function exchange(
  pool: Pool,
  path: string,
  headers: Record<string, string>,
  body: string,
  signal: AbortSignal,
  { onHead = () => {}, onCut = () => {}, draining }: ExchangeOptions = {},
): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    let controller: Dispatcher.DispatchController | undefined;
    let status = 0;
    let replyHeaders: IncomingHttpHeaders = {};
    let first: Buffer | undefined;
    let more: Buffer[] | undefined;

    let drain: Timer | undefined;

    const cut = (): void => {
      if (status !== 0) onCut();
      // Undefined while the request waits for a socket: there is nothing to close yet, and onRequestStart will check
      // the signal.
      controller?.abort(signal.reason as Error);
    };
    const onAbort = (): void => {
      if (controller && signal.reason instanceof Superseded) drain = draining?.begin(cut);
      if (!drain) cut();
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
          drain?.cancel();
          signal.removeEventListener('abort', onAbort);
          resolve({ status, headers: replyHeaders, body: (more ? Buffer.concat(more) : (first ?? '')).toString() });
        },
        onResponseError(_controller, error) {
          drain?.cancel();
          signal.removeEventListener('abort', onAbort);
          reject(error);
        },
      },
    );
  });
}
