import { CommanderError } from 'commander';
import { exitCodes } from '../shared/exit-codes.ts';
import { loadCommand } from './cli.ts';

try {
  await loadCommand().parseAsync();
} catch (error) {
  // commander has said what is wrong; what is left is the exit code.
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
}
