import net from 'node:net';
import tls from 'node:tls';
import { responseParser } from './parser.ts';
import type { ParsedAnswer } from './parser.ts';
import type { LoadTarget } from '../options/target.ts';

/** Resources that this machine refused to the generator. The server had no part in this. */
export type OwnLimitCode = 'no_ports' | 'no_files' | 'no_memory';

/** Why an exchange got no answer. */
export type FailureCode =
  | 'refused'
  | 'reset'
  | 'closed'
  | 'timeout'
  | 'connect_timeout'
  | 'dns'
  | 'tls'
  | 'bad_response'
  | OwnLimitCode
  | 'network';

export interface RequestFailure {
  code: FailureCode;
  detail: string;
  /**
   * How the connection ended before the first byte of an answer: in order (FIN), or by a reset. Undefined after that
   * byte.
   */
  unanswered?: 'fin' | 'reset';
}

export interface ConnectionEvents {
  /** Called when the connection is ready for the first request. */
  opened(): void;
  answered(answer: ParsedAnswer): void;
  /** Called once, when the connection is gone. `failure` is the reason for an exchange in flight. */
  gone(failure: RequestFailure): void;
}

export interface Connection {
  send(wire: string | Buffer, method: string, keepBody: boolean): void;
  /** Closes at once; `gone` is still called. */
  destroy(failure?: RequestFailure): void;
}

const readBytes = 16_384;

/**
 * One keep-alive HTTP/1.1 connection without pipelining. Reads go directly into one buffer and bypass Node's streams.
 */
export function openConnection(
  target: LoadTarget,
  trust: { insecure: boolean; ca?: string },
  events: ConnectionEvents,
): Connection {
  const parser = responseParser();
  let busy = false;
  let answering = false;
  let over = false;
  let ending: RequestFailure | undefined;
  const onread = {
    buffer: Buffer.allocUnsafeSlow(readBytes),
    callback(size: number, data: Uint8Array) {
      received(data as Buffer, size);
      return true;
    },
  };
  const where = { host: target.hostname, port: target.port, noDelay: true, onread };
  const socket = target.tls
    ? tls.connect({
        ...where,
        ...(net.isIP(target.hostname) ? {} : { servername: target.hostname }),
        rejectUnauthorized: !trust.insecure,
        ...(trust.ca === undefined ? {} : { ca: [...tls.rootCertificates, trust.ca] }),
        ALPNProtocols: ['http/1.1'],
      })
    : net.connect(where);

  function received(data: Buffer, size: number): void {
    // The server has given up this connection. A request may be sent before "close", and gets no answer.
    if (!busy)
      return connection.destroy({
        code: 'closed',
        detail: 'the server sent an answer to no request',
        unanswered: 'fin',
      });
    answering = true;
    const result = parser.feed(data, size);
    if (result === undefined) return;
    if ('code' in result) return connection.destroy(result);
    busy = false;
    if (result.close) ending = { code: 'closed', detail: 'the server closed the connection after its answer' };
    events.answered(result);
    if (result.close) socket.destroy();
  }

  socket.once(target.tls ? 'secureConnect' : 'connect', () => events.opened());
  socket.on('error', (error: NodeJS.ErrnoException) => {
    const failure = failureOf(error);
    // EPIPE: the server's FIN arrived before the request was written.
    const unanswered = error.code === 'EPIPE' ? 'fin' : 'reset';
    ending ??= failure.code === 'reset' && !(busy && answering) ? { ...failure, unanswered } : failure;
  });
  socket.on('end', () => {
    const answer = parser.end();
    ending ??= {
      code: 'closed',
      detail: busy ? 'the server closed the connection without a full answer' : 'the server closed the connection',
      // A request may be sent between this event and "close". It gets no answer either.
      ...(busy && answering ? {} : { unanswered: 'fin' as const }),
    };
    if (answer) {
      busy = false;
      events.answered(answer);
    }
    socket.destroy();
  });
  socket.on('close', () => {
    if (over) return;
    over = true;
    events.gone(ending ?? { code: 'closed', detail: 'the connection closed' });
  });

  const connection: Connection = {
    send(wire, method, keepBody) {
      busy = true;
      answering = false;
      parser.begin(method, keepBody);
      if (typeof wire === 'string') socket.write(wire, 'latin1');
      else socket.write(wire);
    },
    destroy(failure) {
      ending ??= failure;
      socket.destroy();
    },
  };
  return connection;
}

/** Translates Node's error codes into the terms of the report. */
export function failureOf(error: NodeJS.ErrnoException): RequestFailure {
  const code = error.code ?? '';
  const detail = error.message || code;
  if (code === 'ECONNREFUSED') return { code: 'refused', detail };
  if (code === 'ECONNRESET' || code === 'EPIPE') return { code: 'reset', detail };
  if (code === 'ETIMEDOUT') return { code: 'connect_timeout', detail };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return { code: 'dns', detail };
  if (code === 'EADDRNOTAVAIL') return { code: 'no_ports', detail };
  if (code === 'EMFILE' || code === 'ENFILE') return { code: 'no_files', detail };
  if (code === 'ENOBUFS' || code === 'ENOMEM' || code === 'EAGAIN') return { code: 'no_memory', detail };
  if (
    /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_|SELF_|UNABLE_|EPROTO|HOSTNAME_)/.test(code) ||
    /certificate|SSL|TLS/i.test(detail)
  )
    return { code: 'tls', detail };
  return { code: 'network', detail };
}
