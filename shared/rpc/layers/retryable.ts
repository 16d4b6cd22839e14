import type { Call } from '../call.ts';
import type { ErrorCode, RpcError } from '../errors.ts';

/**
 * Failures that another attempt may cure, and what they say of the node that was asked:
 * `route`: it, or the way to it, is gone: another node may do it, from wherever one asks;
 * `load`: it, or one behind it, is too busy, too slow or broken: only the caller next to that one may ask again.
 */
const curable: Partial<Record<ErrorCode, 'route' | 'load'>> = {
  unreachable: 'route',
  connection_lost: 'route',
  draining: 'route',
  unavailable: 'load',
  overloaded: 'load',
  deadline_exceeded: 'load',
  internal: 'load',
  bad_reply: 'load',
};

/**
 * Whether a further attempt is right, on the evidence of this failure of an attempt at `node`.
 * - Only what another attempt may cure.
 * - What may have happened (not `definite`) only if doing it twice is the same as doing it once.
 * - A failure of a deeper node (`error.node`) was retried by its own caller already; retrying it at every level multiplies
 *   (three attempts on each of three levels are 27: Google SRE book, ch. 22), so only lost routes are tried again from here -
 *   unless `anyDepth`, which is for showing that.
 */
export function isRetryable(call: Call, error: RpcError, node: string | undefined, anyDepth = false): boolean {
  const kind = curable[error.code];
  if (kind === undefined) return false;
  if (!error.definite && !isRepeatable(call)) return false;
  const deeper = error.node !== undefined && node !== undefined && error.node !== node;
  return kind === 'route' || !deeper || anyDepth;
}

/** Doing it twice is the same as doing it once. */
export function isRepeatable(call: Call): boolean {
  return call.operation.idempotent || call.idempotencyKey !== undefined;
}

/** Whether this failure of an attempt at `node` speaks against that node, rather than against the request or a node behind it. */
export function isFaultOf(node: string, error: RpcError): boolean {
  return curable[error.code] !== undefined && (error.node === undefined || error.node === node);
}
