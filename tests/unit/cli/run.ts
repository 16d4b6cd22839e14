import { Command } from 'commander';
import { vi } from 'vitest';
import { runProgram } from '../../../cli/program.ts';

/** Runs one command. `said` holds what it wrote to stdout and stderr, in order. */
export async function run(...argv: string[]): Promise<{ exitCode: number; said: string }> {
  let said = '';
  const hear = (chunk: string | Uint8Array): boolean => {
    said += String(chunk);
    return true;
  };
  const spies = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockImplementation(hear));
  try {
    return { exitCode: await runProgram(argv), said };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = undefined;
  }
}

/** The exit code of parsing the command. Its action is replaced by one that does nothing, so `up` starts no cluster. */
export async function parse(...argv: string[]): Promise<number> {
  const { action } = Command.prototype;
  const spy = vi.spyOn(Command.prototype, 'action').mockImplementation(function (this: Command) {
    return action.call(this, () => undefined);
  });
  try {
    return (await run(...argv)).exitCode;
  } finally {
    spy.mockRestore();
  }
}
