import { sleep, type Scheduler } from '../../shared/time/scheduler.ts';
import { userAgent } from './robots.ts';

export type Answer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Headers;
      /** The whole body, or undefined where it is longer than allowed. Not read unless asked for. */
      readonly body: () => Promise<Uint8Array | undefined>;
      /** Ends the request; without effect when the body was read. */
      readonly close: () => void;
    }
  | { readonly kind: 'no-answer'; readonly why: string };

interface GetOptions {
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly scheduler: Scheduler;
  readonly signal?: AbortSignal | undefined;
}

/** One GET without following redirects. The timeout covers the body too; the caller's abort is thrown, all else answered. */
export async function get(address: string, options: GetOptions): Promise<Answer> {
  const { timeoutMs, maxBytes, scheduler, signal } = options;
  const timeout = new AbortController();
  const timer = scheduler.after(timeoutMs, () => timeout.abort(new Error('timeout')));
  const stop = signal ? AbortSignal.any([signal, timeout.signal]) : timeout.signal;
  const explain = (error: unknown): string => {
    if (timeout.signal.aborted) return `not complete within ${timeoutMs / 1_000} s`;
    const cause = (error as { cause?: { code?: string; message?: string } }).cause;
    return cause?.code ?? cause?.message ?? (error as Error).message;
  };
  const headers = {
    'user-agent': `${userAgent} (a crawler for exercises)`,
    accept: 'text/html, application/xhtml+xml;q=0.9, */*;q=0.1',
  };
  try {
    const response = await fetch(address, { redirect: 'manual', signal: stop, headers });
    const close = () => {
      timer.cancel();
      void response.body?.cancel().catch(() => undefined);
    };
    const body = async () => {
      try {
        return await readUpTo(response, maxBytes);
      } finally {
        close();
      }
    };
    return { kind: 'answer', status: response.status, headers: response.headers, body, close };
  } catch (error) {
    timer.cancel();
    if (signal?.aborted) throw error;
    return { kind: 'no-answer', why: explain(error) };
  }
}

async function readUpTo(response: Response, maxBytes: number): Promise<Uint8Array | undefined> {
  if (Number(response.headers.get('content-length') ?? 0) > maxBytes) return undefined;
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > maxBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Leaves at least `delayMs` between the starts of two requests. */
export function createPace(delayMs: number, scheduler: Scheduler, now: () => number) {
  let next = -Infinity;
  return async function pace(signal: AbortSignal | undefined): Promise<void> {
    const wait = next - now();
    if (wait > 0) await sleep(scheduler, wait, signal);
    next = now() + delayMs;
  };
}
