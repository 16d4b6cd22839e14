import { parseFailure, parseHead } from './head.ts';
import type { ResponseHead, ParseFailure } from './head.ts';

const maxHeadBytes = 65_536;
const maxChunkLineBytes = 1024;

type State =
  | { at: 'idle' }
  | { at: 'head' }
  | { at: 'length'; left: number }
  | { at: 'until-close' }
  | { at: 'chunk-size' }
  | { at: 'chunk-data'; left: number }
  | { at: 'chunk-end' }
  | { at: 'trailer' };

export interface ResponseParser {
  /** Call before each request. With `keepBody` false, the body is counted and dropped. */
  begin(method: string, keepBody: boolean): void;
  /**
   * Reads the first `size` bytes of `data`. Returns the answer or the failure; undefined when more bytes are needed.
   */
  feed(data: Buffer, size: number): ParsedAnswer | ParseFailure | undefined;
  /** Call when the connection has ended. Returns the answer if that end completes it, otherwise undefined. */
  end(): ParsedAnswer | undefined;
}

export interface ParsedAnswer {
  status: number;
  close: boolean;
  bodyBytes: number;
  /** Empty unless `keepBody` was true. */
  body: Buffer;
}

const emptyBody = Buffer.alloc(0);

/**
 * Reads one HTTP/1.1 response at a time from bytes that may be cut anywhere. There is no pipelining: bytes after the
 * end of a response are a failure.
 *
 *   idle -> head -> length ------------------------------> done
 *                -> until-close ------------- end() -----> done
 *                -> chunk-size -> chunk-data -> chunk-end
 *                       ^  \__ 0 __> trailer -----------> done
 *                       |_________________________|
 *
 * A server usually repeats its head byte for byte. So the last head is kept, and an equal one is not parsed again.
 */
export function responseParser(): ResponseParser {
  let state: State = { at: 'idle' };
  let method = 'GET';
  let keepBody = false;
  /** Bytes of an unfinished head or line, kept from call to call. */
  let pending = emptyBody;
  let head: ResponseHead | undefined;
  let lastText = '';
  let lastMethod = '';
  let lastHead: ResponseHead | undefined;
  let bodyBytes = 0;
  let parts: Buffer[] = [];
  let trailerBytes = 0;

  function finish(): ParsedAnswer {
    const done = head as ResponseHead;
    const body = parts.length === 0 ? emptyBody : parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
    state = { at: 'idle' };
    head = undefined;
    parts = [];
    return { status: done.status, close: done.close, bodyBytes, body };
  }

  function take(data: Buffer, from: number, to: number): void {
    bodyBytes += to - from;
    // The caller reuses `data` for the next read, so kept bytes are copied.
    if (keepBody && to > from) parts.push(Buffer.from(data.subarray(from, to)));
  }

  /**
   * The text of a line up to CRLF (or of a head up to the empty line) and the index of its end. Undefined when it is
   * not complete yet.
   */
  function takeText(
    data: Buffer,
    from: number,
    to: number,
    terminator: string,
  ): { text: string; next: number } | undefined {
    if (pending.length === 0) {
      const found = data.subarray(from, to).indexOf(terminator, 0, 'latin1');
      if (found >= 0)
        return { text: data.toString('latin1', from, from + found), next: from + found + terminator.length };
      pending = Buffer.from(data.subarray(from, to));
      return undefined;
    }
    // The terminator may lie across the two parts: search from one terminator's length before the seam.
    const seam = Math.max(0, pending.length - terminator.length + 1);
    const before = pending.length;
    const joined = Buffer.concat([pending, data.subarray(from, to)]);
    const found = joined.indexOf(terminator, seam, 'latin1');
    if (found < 0) {
      pending = joined;
      return undefined;
    }
    pending = emptyBody;
    return { text: joined.toString('latin1', 0, found), next: from + found + terminator.length - before };
  }

  function headRead(text: string): ParseFailure | undefined {
    let parsed: ResponseHead | ParseFailure | undefined;
    if (lastHead && text === lastText && method === lastMethod) parsed = lastHead;
    else parsed = parseHead(text, method);
    if ('code' in parsed) return parsed;
    if (parsed.status === 101) return parseFailure('the server switched protocols');
    if (parsed.status < 200) return undefined; // an interim answer: the real head follows
    [lastText, lastMethod, lastHead, head] = [text, method, parsed, parsed];
    const framing = parsed.framing;
    if (framing.kind === 'length') state = { at: 'length', left: framing.bytes };
    else if (framing.kind === 'chunked') state = { at: 'chunk-size' };
    else if (framing.kind === 'until-close') state = { at: 'until-close' };
    else state = { at: 'idle' };
    return undefined;
  }

  return {
    begin(nextMethod, keep) {
      method = nextMethod;
      keepBody = keep;
      state = { at: 'head' };
      head = undefined;
      bodyBytes = 0;
      trailerBytes = 0;
      pending = emptyBody;
      parts = [];
    },
    end: () => (state.at === 'until-close' ? finish() : undefined),
    feed(data, size) {
      let at = 0;
      while (at < size) {
        switch (state.at) {
          case 'idle':
            return parseFailure('bytes that no request asked for');
          case 'head': {
            const line = takeText(data, at, size, '\r\n\r\n');
            if (!line)
              return pending.length > maxHeadBytes ? parseFailure('the head is longer than 64 KiB') : undefined;
            at = line.next;
            const failure = headRead(line.text);
            if (failure) return failure;
            break;
          }
          case 'length': {
            const end = Math.min(size, at + state.left);
            take(data, at, end);
            state.left -= end - at;
            at = end;
            if (state.left === 0) state = { at: 'idle' };
            break;
          }
          case 'until-close':
            take(data, at, size);
            return undefined;
          case 'chunk-size': {
            const line = takeText(data, at, size, '\r\n');
            if (!line)
              return pending.length > maxChunkLineBytes ? parseFailure('a chunk size line without end') : undefined;
            at = line.next;
            const match = /^([0-9a-fA-F]{1,12})[ \t]*(?:;[^\0\r\n]*)?$/.exec(line.text);
            if (!match) return parseFailure('a chunk size that is not hexadecimal');
            const left = Number.parseInt(match[1] ?? '', 16);
            state = left === 0 ? { at: 'trailer' } : { at: 'chunk-data', left };
            break;
          }
          case 'chunk-data': {
            const end = Math.min(size, at + state.left);
            take(data, at, end);
            state.left -= end - at;
            at = end;
            if (state.left === 0) state = { at: 'chunk-end' };
            break;
          }
          case 'chunk-end': {
            // The two bytes after a chunk: an empty line.
            const line = takeText(data, at, size, '\r\n');
            if (!line) {
              if (pending.length > 1 || pending[0] !== 13) return parseFailure('a chunk longer than its size');
              return undefined;
            }
            at = line.next;
            if (line.text !== '') return parseFailure('a chunk longer than its size');
            state = { at: 'chunk-size' };
            break;
          }
          case 'trailer': {
            const line = takeText(data, at, size, '\r\n');
            trailerBytes += line ? line.text.length + 2 : 0;
            if (pending.length + trailerBytes > maxHeadBytes) return parseFailure('trailers longer than 64 KiB');
            if (!line) return undefined;
            at = line.next;
            if (line.text === '') state = { at: 'idle' };
            else if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+:/.test(line.text))
              return parseFailure('a trailer line without a valid name');
            break;
          }
        }
        if (state.at === 'idle' && head) {
          if (at === size) return finish();
          // The server says that it closes the connection, because no further request has come (RFC 9110, 15.5.9).
          if (/^HTTP\/1\.[01] 408 /.test(data.toString('latin1', at, Math.min(size, at + 13))))
            return { ...finish(), close: true };
          return parseFailure('bytes after the end of the answer');
        }
      }
      return undefined;
    },
  };
}
