import type { Call } from '../../call.ts';
import { blame, errorCodes, type RpcError } from '../../errors.ts';

/**
 * Whether another attempt is right after this failure of an attempt at `node`. All three must hold:
 * - Another attempt may cure the failure.
 * - If the operation may have happened (not `definite`), doing it twice is the same as doing it once.
 * - The failure is `node`'s own. The caller of a deeper node has already retried there, and retries at every level
 *   multiply: three attempts on each of three levels are 27 (Google SRE book, ch. 22). Exceptions: lost routes, and
 *   `anyDepth`, which exists to demonstrate that multiplication.
 */
export function isRetryable(call: Call, error: RpcError, node: string | undefined, anyDepth = false): boolean {
  const { cure } = errorCodes[error.code];
  if (cure === 'nothing' || (!error.definite && !isRepeatable(call))) return false;
  return cure === 'anywhere' || anyDepth || blame(error, { node, abandoned: false }) !== 'deeper';
}

/** Whether doing the call twice is the same as doing it once. */
export function isRepeatable(call: Call): boolean {
  return call.operation.idempotent || call.idempotencyKey !== undefined;
}
