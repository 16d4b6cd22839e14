/**
 * Every error that crosses a boundary has a code, an HTTP status and a statement whether the operation certainly did not
 * happen (`definite`). Retries of writes ask nothing else.
 */
export const errorCodes = {
  bad_request: { status: 400, definite: true, title: 'The request is not valid' },
  unauthenticated: { status: 401, definite: true, title: 'Who is calling is not known' },
  forbidden: { status: 403, definite: true, title: 'The caller may not do this' },
  not_found: { status: 404, definite: true, title: 'There is no such thing' },
  method_not_allowed: { status: 405, definite: true, title: 'This method is not allowed here' },
  conflict: { status: 409, definite: true, title: 'The state does not allow this' },
  too_large: { status: 413, definite: true, title: 'The request is too large' },
  unsupported_media_type: { status: 415, definite: true, title: 'The body is not of a type that is understood' },
  too_many_requests: { status: 429, definite: true, title: 'Too many requests from this client' },
  header_too_large: { status: 431, definite: true, title: 'The request headers are too large' },
  cancelled: { status: 499, definite: false, title: 'The caller has gone' },
  internal: { status: 500, definite: false, title: 'The server failed' },
  bad_reply: { status: 502, definite: false, title: 'A reply could not be understood' },
  connection_lost: { status: 502, definite: false, title: 'The connection broke before the reply was complete' },
  unreachable: { status: 503, definite: true, title: 'No connection to the node' },
  unavailable: { status: 503, definite: true, title: 'No replica can serve this now' },
  overloaded: { status: 503, definite: true, title: 'Too busy: the request was refused' },
  draining: { status: 503, definite: true, title: 'The node is shutting down' },
  deadline_exceeded: { status: 504, definite: false, title: 'The deadline has passed' },
} as const;

export type ErrorCode = keyof typeof errorCodes;

export interface RpcErrorOptions {
  readonly cause?: unknown;
  /** Overrides the code's default: true = certainly did not happen. */
  readonly definite?: boolean;
  /** How long the caller should wait before it tries again, ms. */
  readonly retryAfterMs?: number;
  /** The node that failed, when known. */
  readonly node?: string;
  /** A node answered with it: it did not happen here, or on the way. */
  readonly relayed?: boolean;
}

export class RpcError extends Error {
  readonly code: ErrorCode;
  readonly definite: boolean;
  readonly retryAfterMs: number | undefined;
  readonly node: string | undefined;
  readonly relayed: boolean;

  constructor(code: ErrorCode, detail: string, options: RpcErrorOptions = {}) {
    // Refusals are answers, and frequent under overload: where they were made is in their words. Only `internal` is worth a stack trace.
    const limit = Error.stackTraceLimit;
    if (code !== 'internal') Error.stackTraceLimit = 0;
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    Error.stackTraceLimit = limit;
    this.name = 'RpcError';
    this.code = code;
    this.definite = options.definite ?? errorCodes[code].definite;
    this.retryAfterMs = options.retryAfterMs;
    this.node = options.node;
    this.relayed = options.relayed ?? false;
  }

  get status(): number {
    return errorCodes[this.code].status;
  }
}

/** RFC 9457 problem details; `code`, `definite` and `requestId` are extension members. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  definite: boolean;
  retryAfterMs?: number;
  node?: string;
  requestId?: string;
}

export function toProblem(error: RpcError, requestId?: string): Problem {
  return {
    type: `urn:tierlab:error:${error.code}`,
    title: errorCodes[error.code].title,
    status: error.status,
    detail: error.message,
    code: error.code,
    definite: error.definite,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(error.node === undefined ? {} : { node: error.node }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

/** Reads a problem document back into an error; anything else becomes `bad_reply`. */
export function fromProblem(body: unknown, status: number, node?: string): RpcError {
  if (typeof body === 'object' && body !== null && 'code' in body && Object.hasOwn(errorCodes, String(body.code))) {
    const problem = body as Problem;
    return new RpcError(problem.code, String(problem.detail ?? errorCodes[problem.code].title), {
      definite: problem.definite === true,
      relayed: true,
      ...(typeof problem.retryAfterMs === 'number' ? { retryAfterMs: problem.retryAfterMs } : {}),
      ...((problem.node ?? node) === undefined ? {} : { node: problem.node ?? node }),
    });
  }
  return new RpcError('bad_reply', `status ${status} without a problem document`, node === undefined ? {} : { node });
}

/** Any thrown value as an RpcError. What is not ours is `internal`: its text stays in the log and does not reach the caller. */
export function asRpcError(thrown: unknown): RpcError {
  if (thrown instanceof RpcError) return thrown;
  return new RpcError('internal', 'an unexpected failure; the node has logged it', { cause: thrown });
}

/** The connection is to be cut without a word: an HTTP server destroys the socket instead of answering with a problem. */
export class ConnectionReset extends RpcError {
  constructor() {
    super('connection_lost', 'the connection was reset');
    this.name = 'ConnectionReset';
  }
}
