/** The entry of one code in the table below. */
interface ErrorCodeEntry {
  /** HTTP status. */
  readonly status: number;
  /** The operation certainly did not happen. A call that must not happen twice is retried only after such an error. */
  readonly definite: boolean;
  /**
   * Who is to blame when the called node, or the route to it, gave this error. `deeper`: another node, not the caller
   * and not the called node. `blame()` also covers errors that a node relays, and calls that the caller itself ended.
   */
  readonly blame: 'caller' | 'route' | 'callee' | 'deeper';
  /**
   * Which attempt may succeed. `here`: another attempt by the direct caller of the failed node. Callers further up do
   * not retry, because retries at every level multiply. `anywhere`: the node or the route to it is gone, and a caller
   * further up may know another route. `nothing`: the same request fails again.
   */
  readonly cure: 'here' | 'anywhere' | 'nothing';
  /** The node works, but does not take this call. This is no failure of the node. */
  readonly refusal?: true;
  readonly title: string;
}

/** The request is wrong, or not allowed: it fails again wherever it is sent. */
const wrongRequest = { definite: true, blame: 'caller', cure: 'nothing' } as const;
/** The node works, but does not take this call. */
const refusal = { status: 503, definite: true, blame: 'callee', cure: 'here', refusal: true } as const;
/** The node may have done the operation, or a part of it. */
const failure = { definite: false, blame: 'callee', cure: 'here' } as const;
/** The node, or the route to it, is gone. */
const lostRoute = { blame: 'route', cure: 'anywhere' } as const;

/**
 * Every error that crosses a boundary has one of these codes. The properties above are defined here only. A few places
 * also treat single codes in their own way: the vote, the evidence for the monitors, and the pages for people.
 */
export const errorCodes = {
  bad_request: { ...wrongRequest, status: 400, title: 'The request is not valid' },
  too_costly: { ...wrongRequest, status: 400, title: 'The request would take too much work' },
  unauthenticated: { ...wrongRequest, status: 401, title: 'The caller is not known' },
  forbidden: { ...wrongRequest, status: 403, title: 'The caller may not do this' },
  not_found: { ...wrongRequest, status: 404, title: 'There is no such thing' },
  method_not_allowed: { ...wrongRequest, status: 405, title: 'This method is not allowed here' },
  conflict: { ...wrongRequest, status: 409, title: 'The state does not allow this' },
  too_large: { ...wrongRequest, status: 413, title: 'The request is too large' },
  unsupported_media_type: { ...wrongRequest, status: 415, title: 'The type of the body is not supported' },
  misdirected: { ...wrongRequest, status: 421, title: 'The node does not hold this shard' },
  too_many_requests: { ...wrongRequest, status: 429, title: 'Too many requests from this client' },
  header_too_large: { ...wrongRequest, status: 431, title: 'The request headers are too large' },
  cancelled: { status: 499, definite: false, blame: 'caller', cure: 'nothing', title: 'The caller has gone' },
  internal: { ...failure, status: 500, title: 'The server failed' },
  // The page was damaged before the replicas stored it: the request is right, and each replica returns what it has.
  bad_page: { status: 500, definite: true, blame: 'deeper', cure: 'nothing', title: 'The stored page is damaged' },
  bad_reply: { ...failure, status: 502, title: 'A reply could not be understood' },
  connection_lost: {
    ...lostRoute,
    status: 502,
    definite: false,
    title: 'The connection broke before the reply was complete',
  },
  unreachable: { ...lostRoute, status: 503, definite: true, title: 'No connection to the node' },
  unavailable: { ...refusal, title: 'No replica can serve this now' },
  overloaded: { ...refusal, title: 'Too busy: the request was refused' },
  deadline_exceeded: { ...failure, status: 504, title: 'The deadline has passed' },
} as const satisfies Record<string, ErrorCodeEntry>;

export type ErrorCode = keyof typeof errorCodes;

export interface RpcErrorOptions {
  readonly cause?: unknown;
  /** Overrides the code's default: true = the operation certainly did not happen. */
  readonly definite?: boolean;
  /** How long the caller should wait before it tries again, ms. */
  readonly retryAfterMs?: number;
  /** The node that failed, when known. */
  readonly node?: string;
  /** A node answered with this error: the error was not made on this node or on the way. */
  readonly relayed?: boolean;
  /**
   * The replica group, such as `database/1`, that made the answering node fail; absent if that node failed by itself.
   */
  readonly below?: string | undefined;
}

export class RpcError extends Error {
  readonly code: ErrorCode;
  readonly definite: boolean;
  readonly retryAfterMs: number | undefined;
  readonly node: string | undefined;
  readonly relayed: boolean;
  readonly below: string | undefined;

  constructor(code: ErrorCode, detail: string, options: RpcErrorOptions = {}) {
    // Refusals are frequent under overload, and their text says where they were made. Only `internal` needs a stack
    // trace.
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
    this.below = options.below;
  }

  /** The same error with some members replaced. */
  with(options: RpcErrorOptions): RpcError {
    const { code, message, cause, definite, retryAfterMs, node, relayed, below } = this;
    return new RpcError(code, message, {
      cause,
      definite,
      relayed,
      below,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(node === undefined ? {} : { node }),
      ...options,
    });
  }

  get status(): number {
    return errorCodes[this.code].status;
  }
}

/** Who is to blame for the failure of one call or attempt, as its caller sees it. `here` is the calling node itself. */
export type Blame = 'caller' | 'here' | 'route' | 'callee' | 'deeper';

/** The facts about the failed call or attempt that decide who is to blame. */
export interface Attempted {
  /** The node that was called; undefined where several nodes were called, or none. */
  readonly node?: string | undefined;
  /** Nobody waited for the answer any more: the caller left, its deadline passed, or another replica answered first. */
  readonly abandoned: boolean;
}

/**
 * Who is to blame for `error`. The called node is not to blame for an error that it relays from a node below. When the
 * caller itself ended the call, by leaving or by its deadline, this proves nothing about any other node.
 */
export function blame(error: RpcError, { node, abandoned }: Attempted): Blame {
  const { code, relayed, below } = error;
  if (abandoned || errorCodes[code].blame === 'caller') return 'caller';
  if (below !== undefined || errorCodes[code].blame === 'deeper') return 'deeper';
  if (error.node === undefined) return relayed ? errorCodes[code].blame : 'here';
  if (node !== undefined && error.node !== node) return 'deeper';
  // A node never reports one of the following codes about itself. A relayed `deadline_exceeded` means that the deadline
  // of the call passed. Each of the other relayed codes means that a node below failed.
  if (relayed && code === 'deadline_exceeded') return 'caller';
  if (relayed && (code === 'bad_reply' || errorCodes[code].blame === 'route')) return 'deeper';
  return errorCodes[code].blame;
}

/**
 * What a failed call or attempt proves about the callee. `failure`: the callee, or the route to it, does not work.
 * `refusal`: the callee works, but did not take the call. `answer`: the callee works, and reported a wrong request or
 * the failure of another node. `nothing`: the caller itself ended the call.
 */
export type Evidence = 'failure' | 'refusal' | 'answer' | 'nothing';

export function evidence(error: RpcError, attempted: Attempted): Evidence {
  switch (blame(error, attempted)) {
    case 'here':
      return 'nothing';
    case 'deeper':
      return 'answer';
    case 'caller':
      return attempted.abandoned || error.code === 'cancelled' || error.code === 'deadline_exceeded'
        ? 'nothing'
        : 'answer';
    case 'route':
    case 'callee':
      return 'refusal' in errorCodes[error.code] ? 'refusal' : 'failure';
  }
}

/**
 * Whether a node sent a reply that is no answer. Either this node is faulty, or the request meets a bug, which all
 * replicas have.
 */
export const isBadReply = (code: string): boolean => code === 'internal' || code === 'bad_reply';

/** RFC 9457 problem details; `code`, `definite` and `requestId` are extension members. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  definite: boolean;
  retryAfterMs?: number;
  /** The node that failed. */
  node?: string;
  /** The replica group that made the answering node fail; absent if that node failed by itself. */
  below?: string;
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
    ...(error.below === undefined ? {} : { below: error.below }),
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
      ...(typeof problem.below === 'string' ? { below: problem.below } : {}),
    });
  }
  return new RpcError('bad_reply', `status ${status} without a problem document`, node === undefined ? {} : { node });
}

/**
 * Turns any thrown value into an RpcError. An unknown error becomes `internal`: its text is logged, and not sent to
 * callers.
 */
export function asRpcError(thrown: unknown): RpcError {
  if (thrown instanceof RpcError) return thrown;
  return new RpcError('internal', 'an unexpected failure; the node has logged it', { cause: thrown });
}

/** Cuts the connection without an answer: an HTTP server destroys the socket instead of sending a problem document. */
export class ConnectionReset extends RpcError {
  constructor() {
    super('connection_lost', 'the connection was reset');
    this.name = 'ConnectionReset';
  }
}
