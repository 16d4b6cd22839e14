import { pipeline, Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw, createZstdDecompress } from 'node:zlib';
import { EnvHttpProxyAgent, type Dispatcher } from 'undici';
import { direct } from '../../shared/net/direct.ts';
import { isThisMachine } from '../../shared/net/this-machine.ts';
import { sleep, type Scheduler } from '../../shared/time/scheduler.ts';
import { userAgent } from './robots.ts';

export type SiteAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      /** The values of a header, one per line of that name. */
      readonly header: (name: string) => readonly string[];
      /** Reads the body, up to the limit. Throws when the body breaks off or is too slow. */
      readonly body: () => Promise<Body>;
      /** Ends the request. It has no effect after the body was read. */
      readonly close: () => void;
    }
  | { readonly kind: 'no-answer'; readonly why: string; readonly timedOut: boolean };

export interface Body {
  readonly bytes: Uint8Array;
  /** False when the body is longer than the limit. */
  readonly complete: boolean;
}

/** The body is in content codings that are not read. */
export class CodingError extends Error {
  override readonly name = 'CodingError';
}

interface GetOptions {
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly scheduler: Scheduler;
  readonly signal?: AbortSignal | undefined;
}

const headers = {
  'user-agent': `${userAgent} (a crawler for exercises)`,
  accept: 'text/html, application/xhtml+xml;q=0.9, */*;q=0.1',
  'accept-encoding': 'gzip, deflate, br',
};

/** Content codings (RFC 9110, section 8.4.1). Some servers use others than the request accepts. */
const decoders = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
  ['zstd', createZstdDecompress],
]);
/** Codings that are not read. Other unknown names (`utf-8`) are mistakes: the body is in no coding. */
const unreadable = new Set(['compress', 'x-compress', 'dcb', 'dcz', 'exi', 'pack200-gzip']);

/** A body in more codings than this is not read: each coding costs memory, and a header has room for thousands. */
const maxCodings = 5;

/**
 * Sends one GET and does not follow redirects. The timeout covers the body, too. The caller's abort is thrown; every
 * other failure is returned.
 */
export async function get(address: string, options: GetOptions): Promise<SiteAnswer> {
  const { timeoutMs, maxBytes, scheduler, signal } = options;
  const timeout = new AbortController();
  const timer = scheduler.after(timeoutMs, () => timeout.abort(new Error('timeout')));
  const stop = signal ? AbortSignal.any([signal, timeout.signal]) : timeout.signal;
  try {
    const { origin, hostname, pathname, search } = new URL(address);
    const path = pathname + search;
    const response = await dispatcherFor(hostname).request({ origin, path, method: 'GET', signal: stop, headers });
    const header = (name: string) => [response.headers[name] ?? []].flat();
    const close = () => {
      timer.cancel();
      response.body.on('error', () => undefined).destroy();
    };
    return {
      kind: 'answer',
      status: response.statusCode,
      header,
      async body() {
        try {
          return await readUpTo(await decode(response.body, header('content-encoding')), maxBytes);
        } finally {
          close();
        }
      },
      close,
    };
  } catch (error) {
    timer.cancel();
    if (signal?.aborted) throw error;
    const timedOut = timeout.signal.aborted;
    return { kind: 'no-answer', why: timedOut ? `not complete within ${timeoutMs / 1_000} s` : why(error), timedOut };
  }
}

let proxied: Dispatcher | undefined;

/** Requests to other machines use the user's proxy if Node.js is set to use it. Requests to this machine never do. */
function dispatcherFor(hostname: string): Dispatcher {
  if (process.env.NODE_USE_ENV_PROXY !== '1' || isThisMachine(hostname)) return direct;
  return (proxied ??= new EnvHttpProxyAgent());
}

function why(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'UND_ERR_SOCKET') return 'the connection was closed';
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return 'the headers are too long';
  return code ?? message;
}

async function decode(body: Readable, encodings: readonly string[]): Promise<Readable> {
  const names = encodings.flatMap((line) => line.split(',')).map((name) => name.trim().toLowerCase());
  const unknown = names.find((name) => unreadable.has(name));
  if (unknown !== undefined) throw new CodingError(`the body is in the coding ${unknown}`);
  if (names.length > maxCodings)
    throw new CodingError(`the body is in ${names.length} codings; at most ${maxCodings} are read`);
  let stream = body;
  for (const name of names.toReversed()) {
    const decoder = decoders.get(name);
    if (decoder === undefined) continue;
    const { first, whole } = await peek(stream);
    // Some servers name a coding although the body is empty.
    if (first === undefined) return whole;
    // An error of the decoder or of an earlier stream reaches the reader, so it is not handled here.
    stream = pipeline(whole, isRawDeflate(name, first) ? createInflateRaw() : decoder(), () => undefined);
  }
  return stream;
}

/** The first part of a stream, and a stream that still has it. */
async function peek(stream: Readable): Promise<{ first: Uint8Array | undefined; whole: Readable }> {
  const parts = stream.iterator();
  const { value: first } = (await parts.next()) as { value: Uint8Array | undefined };
  async function* whole() {
    if (first !== undefined) yield first;
    yield* parts;
  }
  return { first, whole: Readable.from(whole(), { objectMode: false }) };
}

/**
 * Some servers send `deflate` without the header of zlib (RFC 1950), and browsers accept it. In this header the low
 * bits of the first byte are 8, the number of the method.
 */
function isRawDeflate(name: string, first: Uint8Array): boolean {
  return name === 'deflate' && (first[0]! & 0x0f) !== 8;
}

async function readUpTo(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Body> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body) {
    parts.push(part);
    bytes += part.length;
    if (bytes > maxBytes) return { bytes: Buffer.concat(parts).subarray(0, maxBytes), complete: false };
  }
  return { bytes: Buffer.concat(parts), complete: true };
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
