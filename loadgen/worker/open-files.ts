import { readFileSync } from 'node:fs';

/**
 * How many files and sockets this process, and so each worker, may open (`ulimit -n`); undefined where that is unknown.
 */
export function openFilesLimit(): number | undefined {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}
