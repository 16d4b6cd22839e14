import { type Agent, request as httpRequest } from 'node:http';
import { decodeStaleMs, rpcPrefix } from '../shared/rpc/wire.ts';

/** One call to one given node, without balancing. */
export interface DirectCall {
  readonly component: string;
  readonly operation: string;
  readonly request: unknown;
  readonly shard?: number | undefined;
}

/** `failure`: refused, reset, timeout, or the code of the problem that came back. */
export type DirectAnswer = Answered | Failed;

interface Answered {
  readonly ok: true;
  readonly body: unknown;
  readonly servedBy: readonly string[];
  /** The age of an answer from memory, ms, where a component was down. */
  readonly staleMs: number | undefined;
  readonly tookMs: number;
}

interface Failed {
  readonly ok: false;
  readonly failure: string;
  readonly detail?: string | undefined;
  readonly tookMs: number;
}

export interface AskOptions {
  readonly caller?: string;
  readonly timeoutMs?: number;
  /** Keeps connections. Without it, each call has a new one. */
  readonly agent?: Agent;
}

interface HostPort {
  readonly host: string;
  readonly port: number;
}

const failures: Readonly<Record<string, string>> = { ECONNREFUSED: 'refused', ECONNRESET: 'reset', EPIPE: 'reset' };
let serial = 0;

/** Resolves always. */
export function callDirectly(
  { host, port }: HostPort,
  question: DirectCall,
  options: AskOptions = {},
): Promise<DirectAnswer> {
  const { component, operation, request, shard } = question;
  const { caller = 'matrix', timeoutMs = 1_500, agent = false } = options;
  const payload = JSON.stringify(request);
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const end = (outcome: Omit<Answered, 'tookMs'> | Omit<Failed, 'tookMs'>): void => {
      clearTimeout(timer);
      resolve({ ...outcome, tookMs: performance.now() - startedAt });
    };
    const fail = (error: NodeJS.ErrnoException): void => {
      end({ ok: false, failure: failures[error.code ?? ''] ?? error.message });
      call.destroy();
    };
    const timer = setTimeout(() => fail(new Error('timeout')), timeoutMs);
    const call = httpRequest({
      host,
      port,
      method: 'POST',
      path: `${rpcPrefix}${component}/${operation}`,
      agent,
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(payload),
        'x-caller': caller,
        'x-request-id': `direct-${process.pid}-${++serial}`,
        'x-deadline-ms': String(timeoutMs),
        ...(shard === undefined ? {} : { 'x-shard': String(shard) }),
      },
    });
    call.on('error', fail);
    call.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () => {
        const body = parse(Buffer.concat(chunks).toString());
        if (response.statusCode !== 200) {
          const { code = 'bad_reply', detail } = (body ?? {}) as { code?: string; detail?: string };
          return end({ ok: false, failure: code, detail });
        }
        const servedBy = String(response.headers['x-served-by'] ?? '').split(',');
        end({ ok: true, body, servedBy, staleMs: decodeStaleMs(response.headers['x-stale-ms']) });
      });
    });
    call.end(payload);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
