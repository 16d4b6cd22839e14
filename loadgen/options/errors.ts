import { exitCodes } from '../../shared/exit-codes.ts';

export type LoadErrorCode =
  | 'bad_argument'
  | 'bad_file'
  | 'host_not_allowed'
  | 'unreachable'
  /** This machine refused the generator a resource. The server had no part in this. */
  | 'own_limit'
  | 'tls'
  | 'worker_failed'
  | 'interrupted'
  | 'not_found';

/** An error meant for the user: a code, one clear sentence, and the exit code of the process. */
export interface LoadError extends Error {
  code: LoadErrorCode;
  exitCode: number;
}

export function loadError(code: LoadErrorCode, message: string, cause?: unknown): LoadError {
  const usage = code === 'bad_argument' || code === 'bad_file' || code === 'host_not_allowed';
  const exitCode = usage ? exitCodes.usage : code === 'interrupted' ? exitCodes.interrupted : exitCodes.failed;
  return Object.assign(new Error(message, { cause }), { code, exitCode });
}

/** Whether this machine stopped a run before it began, so that nothing is known about the server. */
export const isOwnLimit = (error: unknown): error is LoadError => isLoadError(error) && error.code === 'own_limit';

export function isLoadError(error: unknown): error is LoadError {
  return error instanceof Error && 'exitCode' in error && 'code' in error;
}
