import { vi } from 'vitest';
import { runProgram } from '../../../cli/program.ts';

/** Runs one command; what it said goes together. */
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
