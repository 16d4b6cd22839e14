import { CommanderError } from 'commander';
import { CorpusError, type CorpusErrorCode } from '../corpus/errors.ts';
import { exitCodes } from '../shared/exit-codes.ts';

/** A failure that the user can read: one clear line. */
export class CommandError extends Error {}

/** The command was called wrongly: one clear line. */
export class UsageError extends Error {}

/** The command was interrupted: one clear line about its partial results. */
export class InterruptedError extends Error {}

/** The thing that the caller named does not exist, or must not be used. */
const misused: ReadonlySet<CorpusErrorCode> = new Set(['not_found', 'bad_name', 'bad_target', 'not_allowed']);

/** The exit code of a command that ended with `error`: the one place where it is decided. */
export function exitCodeOf(error: unknown): number {
  // The parser ends with an error of code 0 where help or the version was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  if (error instanceof CorpusError) return misused.has(error.code) ? exitCodes.usage : exitCodes.failed;
  if (error instanceof InterruptedError) return exitCodes.interrupted;
  return error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
}
