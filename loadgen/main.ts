import { CommanderError } from 'commander';
import { exitCodes } from '../shared/exit-codes.ts';
import { loadCommand } from './cli.ts';

try {
  await loadCommand().parseAsync();
} catch (error) {
  // commander has already printed the error. Only the exit code is missing.
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
}
