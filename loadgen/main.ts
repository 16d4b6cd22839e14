import { CommanderError } from 'commander';
import { loadCommand } from './cli.ts';

try {
  await loadCommand().parseAsync();
} catch (error) {
  // commander has said what is wrong; what is left is the exit code.
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode;
}
