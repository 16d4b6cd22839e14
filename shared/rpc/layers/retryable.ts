import type { Call } from '../call.ts';
import { blame, errorCodes, type RpcError } from '../errors.ts';

/**
 * Whether a further attempt is right, on the evidence of this failure of an attempt at `node`.
 * - Only what another attempt may cure.
 * - What may have happened (not `definite`) only if doing it twice is the same as doing it once.
 * - A failure of a deeper node was retried by its own caller already. Retries at every level multiply (three attempts on each
 *   of three levels are 27: Google SRE book, ch. 22). So only lost routes are tried again from here - unless `anyDepth`,
 *   which is for showing that.
 */
export function isRetryable(call: Call, error: RpcError, node: string | undefined, anyDepth = false): boolean {
  const { cure } = errorCodes[error.code];
  if (cure === 'nothing' || (!error.definite && !isRepeatable(call))) return false;
  return cure === 'anywhere' || anyDepth || blame(error, { node, abandoned: false }) !== 'deeper';
}

/** Doing it twice is the same as doing it once. */
export function isRepeatable(call: Call): boolean {
  return call.operation.idempotent || call.idempotencyKey !== undefined;
}
