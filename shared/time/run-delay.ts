import { openSync, readSync } from 'node:fs';

const file = '/proc/self/schedstat';
const buffer = Buffer.alloc(128);
/** The file stays open, because opening it costs more than reading it. */
let descriptor: number | undefined;

/**
 * ms that this process' main thread has waited for a processor so far (Linux: second field of schedstat, ns); undefined
 * elsewhere.
 */
export function runDelayMs(): number | undefined {
  try {
    descriptor ??= openSync(file, 'r');
    const field = buffer.toString('latin1', 0, readSync(descriptor, buffer, 0, buffer.length, 0)).split(' ')[1];
    return field === undefined ? undefined : Number(field) / 1e6;
  } catch {
    return undefined;
  }
}
