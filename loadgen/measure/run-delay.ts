import { readFileSync } from 'node:fs';

/** ms that this process' main thread has waited for a processor so far (Linux: second field of schedstat, ns); undefined elsewhere. */
export function runDelayMs(): number | undefined {
  try {
    const field = readFileSync('/proc/self/schedstat', 'utf8').split(' ')[1];
    return field === undefined ? undefined : Number(field) / 1e6;
  } catch {
    return undefined;
  }
}
