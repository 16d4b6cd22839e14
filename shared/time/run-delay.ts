import { openSync, readFileSync, readSync } from 'node:fs';

const buffer = Buffer.alloc(128);
/** The file of this process stays open, because opening it costs more than reading it. */
let own: number | undefined;

/**
 * The time in ms that the main thread of a process has waited for a processor so far (Linux: second field of schedstat,
 * ns); undefined on other systems, and when the process has ended. Without `pid`: this process.
 */
export function runDelayMs(pid?: number): number | undefined {
  try {
    if (pid !== undefined) return secondField(readFileSync(`/proc/${pid}/schedstat`, 'latin1'));
    own ??= openSync('/proc/self/schedstat', 'r');
    return secondField(buffer.toString('latin1', 0, readSync(own, buffer, 0, buffer.length, 0)));
  } catch {
    return undefined;
  }
}

function secondField(text: string): number | undefined {
  const field = text.split(' ')[1];
  return field === undefined ? undefined : Number(field) / 1e6;
}
