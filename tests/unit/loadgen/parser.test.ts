import { get } from 'node:http';
import { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { responseParser } from '../../../loadgen/client/parser.ts';
import type { ParsedAnswer } from '../../../loadgen/client/parser.ts';
import type { ParseFailure } from '../../../loadgen/client/head.ts';

type Parsed = { status: number; body: string; close: boolean } | { failure: string } | 'more';

/** Feeds bytes cut at the given places; `end` closes the connection after them. */
function parse(bytes: Buffer | string, cuts: number[] = [], { method = 'GET', end = false } = {}): Parsed {
  const all = Buffer.from(bytes as string, 'latin1');
  const parser = responseParser();
  parser.begin(method, true);
  const places = [...new Set([0, ...cuts.map((cut) => cut % (all.length + 1)), all.length])].toSorted((a, b) => a - b);
  for (let i = 1; i < places.length; i++) {
    // The connection reuses one buffer: what the parser keeps must be its own copy.
    const piece = Buffer.from(all.subarray(places[i - 1], places[i]));
    const result = parser.feed(piece, piece.length);
    piece.fill(0x58);
    if (result !== undefined)
      return places[i] === all.length || 'code' in result ? outcome(result) : { failure: 'answered early' };
  }
  const last = end ? parser.end() : undefined;
  return last ? outcome(last) : 'more';
}

function outcome(result: ParsedAnswer | ParseFailure): Parsed {
  return 'code' in result
    ? { failure: result.detail }
    : { status: result.status, body: result.body.toString('latin1'), close: result.close };
}

const cuts = fc.array(fc.nat(4000), { maxLength: 40 });
const body = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1'));

test('a body of known length is read whole, wherever the bytes are cut', () => {
  fc.assert(
    fc.property(body, cuts, (text, places) => {
      expect(parse(`HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: ${text.length}\r\n\r\n${text}`, places)).toEqual({
        status: 200,
        body: text,
        close: false,
      });
    }),
  );
});

test('chunks are put together, wherever the bytes are cut, with extensions and trailers', () => {
  fc.assert(
    fc.property(fc.array(body), cuts, fc.boolean(), (parts, places, extras) => {
      const chunks = parts
        .filter((part) => part !== '')
        .map((part) => `${part.length.toString(16)}${extras ? ';a=b' : ''}\r\n${part}\r\n`);
      const bytes =
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: ' +
        `Chunked\r\n\r\n${chunks.join('')}0\r\n${extras ? 'Expires: 0\r\n' : ''}\r\n`;
      expect(parse(bytes, places)).toEqual({ status: 200, body: parts.join(''), close: false });
    }),
  );
});

test('a body without a length ends with the connection', () => {
  fc.assert(
    fc.property(body, cuts, (text, places) => {
      expect(parse(`HTTP/1.1 200 OK\r\n\r\n${text}`, places, { end: true })).toEqual({
        status: 200,
        body: text,
        close: true,
      });
    }),
  );
});

test('interim answers are passed over and bodiless ones end with their head', () => {
  const bodiless = (status: number) => ({ status, body: '', close: false });
  const interim = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n';
  expect(parse(`${interim}HTTP/1.1 204 No Content\r\n\r\n`)).toEqual(bodiless(204));
  expect(parse('HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n')).toEqual(bodiless(304));
  const toHead = parse('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n', [], { method: 'HEAD' });
  expect(toHead).toEqual(bodiless(200));
});

test('close is understood from the header and from the version', () => {
  const parsed = (head: string) => parse(`${head}\r\ncontent-length: 0\r\n\r\n`);
  expect(parsed('HTTP/1.1 200 OK\r\nconnection: foo, Close')).toMatchObject({ close: true });
  expect(parsed('HTTP/1.0 200 OK')).toMatchObject({ close: true });
  expect(parsed('HTTP/1.0 200 OK\r\nconnection: keep-alive')).toMatchObject({ close: false });
});

test('a head like the last one is not mistaken when its request was another', () => {
  const parser = responseParser();
  const bytes = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n');
  parser.begin('HEAD', true);
  expect(parser.feed(bytes, bytes.length)).toMatchObject({ status: 200, bodyBytes: 0 });
  parser.begin('GET', true);
  expect(parser.feed(bytes, bytes.length)).toBeUndefined();
  expect(parser.feed(Buffer.from('ok'), 2)).toMatchObject({ status: 200, bodyBytes: 2 });
});

describe('what two parsers could read differently is refused', () => {
  const head = (lines: string) => `HTTP/1.1 200 OK\r\n${lines}\r\n\r\n`;
  test.each([
    ['another protocol', 'ICY 200 OK\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['HTTP/2 in text', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['a space before the colon', head('content-length : 2')],
    ['a folded line', head('x: a\r\n b: c')],
    ['a bare line feed', head('x: a\nb: c')],
    ['a null byte', head('x: a\0b')],
    ['two lengths', head('content-length: 2\r\ncontent-length: 3')],
    ['a negative length', head('content-length: -2')],
    ['a length in hexadecimal', head('content-length: 0x2')],
    ['a length beside chunked', head('content-length: 2\r\ntransfer-encoding: chunked')],
    ['an unknown coding', head('transfer-encoding: gzip, chunked')],
    ['a chunk size that is none', `${head('transfer-encoding: chunked')}zz\r\n`],
    ['a chunk longer than it says', `${head('transfer-encoding: chunked')}1\r\nabc\r\n`],
    ['bytes after the end', `${head('content-length: 1')}ab`],
    ['a switch of protocols', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['a head without end', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(12_000)}`],
  ])('%s', (_name, bytes) => {
    expect(parse(bytes)).toHaveProperty('failure');
  });
});

test('bytes that no request asked for are a failure', () => {
  const parser = responseParser();
  expect(parser.feed(Buffer.from('x'), 1)).toMatchObject({ code: 'bad_response' });
});

test('any bytes at all end in an answer, a failure or a wish for more, and the same however they are cut', () => {
  const fragments = fc.constantFrom(
    'HTTP/1.1 200 OK\r\n',
    '\r\n',
    'content-length: 3\r\n',
    'transfer-encoding: chunked\r\n',
    '3\r\nabc\r\n',
    '0\r\n',
    'abc',
    'connection: close\r\n',
    '\n',
    ':',
    'HTTP/1.1 ',
    '\0',
    'x: y\r\n',
  );
  const bytes = fc
    .array(fc.oneof({ weight: 6, arbitrary: fragments }, { weight: 1, arbitrary: body }), { maxLength: 14 })
    .map((parts) => parts.join(''));
  const stable = (one: Parsed) => (typeof one === 'object' && 'failure' in one ? 'failure' : one);
  fc.assert(
    fc.property(bytes, cuts, (text, places) => {
      const whole = stable(parse(text, [], { end: true }));
      const cut = stable(parse(text, places, { end: true }));
      // Cut off in the middle an answer may be complete before the bytes that make it a failure have come.
      if (whole !== 'failure') expect(cut).toEqual(whole);
      else expect(cut).toBe('failure');
    }),
    { numRuns: 2000 },
  );
});

test('answers are read as Node.js itself reads them', async () => {
  const status = fc.constantFrom(200, 201, 404, 500, 503);
  await fc.assert(
    fc.asyncProperty(status, fc.array(body, { maxLength: 5 }), fc.boolean(), async (code, parts, chunked) => {
      const kept = parts.filter((part) => part !== '');
      const text = kept.join('');
      const framed = chunked
        ? 'transfer-encoding: chunked\r\n\r\n' +
          kept.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('') +
          '0\r\n\r\n'
        : `content-length: ${text.length}\r\n\r\n${text}`;
      const bytes = `HTTP/1.1 ${code} X\r\nserver: y\r\n${framed}`;
      expect(parse(bytes)).toMatchObject(await nodeReads(bytes));
    }),
    { numRuns: 60 },
  );
});

function nodeReads(bytes: string): Promise<{ status: number; body: string }> {
  const pipe = new Duplex({
    read() {},
    write(_chunk, _encoding, done) {
      done();
      this.push(Buffer.from(bytes, 'latin1'));
    },
  });
  return new Promise((resolve, reject) => {
    get({ createConnection: () => pipe, path: '/' }, (response) => {
      const status = response.statusCode ?? 0;
      buffer(response).then((body) => resolve({ status, body: body.toString('latin1') }), reject);
    }).on('error', reject);
  });
}
