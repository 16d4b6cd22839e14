/** The length of the body, decided from the head alone (RFC 9112, section 6.3). */
export type Framing =
  | { kind: 'none' }
  | { kind: 'length'; bytes: number }
  | { kind: 'chunked' }
  | { kind: 'until-close' };

export interface ResponseHead {
  status: number;
  framing: Framing;
  /** The server closes the connection after this answer. */
  close: boolean;
}

/** Why an answer is not HTTP/1.1. `detail` names the broken rule. */
export interface ParseFailure {
  code: 'bad_response';
  detail: string;
}

export function parseFailure(detail: string): ParseFailure {
  return { code: 'bad_response', detail };
}

const tokenPattern = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * Parses a status line and headers. `text` is everything before the empty line, as latin1. The parser is strict: it
 * refuses everything that two parsers could read differently (bare line feeds, folded lines, spaces before the colon,
 * two lengths, a length beside chunked).
 */
export function parseHead(text: string, method: string): ResponseHead | ParseFailure {
  const lines = text.split('\r\n');
  const status = statusOf(lines[0] ?? '');
  if (typeof status !== 'number') return status;
  const minor = (lines[0] ?? '').charCodeAt(7) - 48;
  let length: number | undefined;
  let coding: string | undefined;
  let close = minor === 0;
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i] ?? '';
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (!tokenPattern.test(name)) return parseFailure('a header line without a valid name');
    if (hasControl(line)) return parseFailure('a control character in a header');
    if (name === 'content-length') {
      if (!/^\d{1,15}$/.test(value)) return parseFailure('content-length is not a number');
      if (length !== undefined && length !== Number(value)) return parseFailure('two different content-lengths');
      length = Number(value);
    } else if (name === 'transfer-encoding') {
      if (coding !== undefined) return parseFailure('two transfer-encodings');
      coding = value.toLowerCase();
    } else if (name === 'connection') {
      const options = value.toLowerCase().split(/\s*,\s*/);
      if (options.includes('close')) close = true;
      else if (minor === 0 && options.includes('keep-alive')) close = false;
    }
  }
  if (coding !== undefined && length !== undefined) return parseFailure('content-length beside transfer-encoding');
  if (coding !== undefined && coding !== 'chunked') return parseFailure('a transfer-encoding other than chunked');
  const framing = framingOf(status, method, coding, length);
  return { status, framing, close: close || framing.kind === 'until-close' };
}

function statusOf(line: string): number | ParseFailure {
  const match = /^HTTP\/1\.[01] ([1-9]\d\d)(?: [^\0\r\n]*)?$/.exec(line);
  return match ? Number(match[1]) : parseFailure('the first line is not an HTTP/1.1 status line');
}

function framingOf(status: number, method: string, coding: string | undefined, length: number | undefined): Framing {
  if (method === 'HEAD' || status === 204 || status === 304 || status < 200) return { kind: 'none' };
  if (coding !== undefined) return { kind: 'chunked' };
  if (length === undefined) return { kind: 'until-close' };
  return length === 0 ? { kind: 'none' } : { kind: 'length', bytes: length };
}

function hasControl(line: string): boolean {
  for (let i = 0; i < line.length; i++) {
    const c = line.charCodeAt(i);
    if ((c < 32 && c !== 9) || c === 127) return true;
  }
  return false;
}
