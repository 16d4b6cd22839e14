import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher, Pool } from 'undici';
import type { Timer } from '../../time/scheduler.ts';
import { Superseded } from '../superseded.ts';
import type { Draining } from './draining.ts';

/** One reply, whole. */
export interface Exchange {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ExchangeOptions {
  /** The head of the reply has come. */
  readonly onHead?: () => void;
  /** It was aborted after its head had come. */
  readonly onCut?: () => void;
  /** Where an exchange that is superseded may end by itself. */
  readonly draining?: Draining;
}

/**
 * One POST over `pool`, the reply collected as text. undici's lowest interface: its `request` makes a stream of each
 * body, which costs as much as the rest of a hop. Rejects with undici's error, or with the signal's reason once it
 * aborts; an abort closes the socket, so that the callee sees it. Closing costs the next call a new connection, with
 * TLS a handshake: an exchange that is superseded may first drain.
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
      // Undefined while it waits for a socket: there is nothing to close yet, onRequestStart will see the signal.
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
