import { readFileSync, readlinkSync } from 'node:fs';
import { isAlive } from '../../shared/is-alive.ts';
import { parseProcessStat } from '../../shared/process-stat.ts';

/**
 * What tells a process from a later one with the same id (Linux). In containers ids are small and come again: the first
 * process of each container has the id 1.
 */
export interface Life {
  /** The container, more exactly the namespace of the process ids. */
  readonly among: string;
  /** Ticks of the kernel's clock. */
  readonly startedAt: number;
}

/** Undefined where there is no such process, and on systems without /proc. */
export function lifeOf(pid: number): Life | undefined {
  try {
    const { startedAt } = parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    return { among: readlinkSync('/proc/self/ns/pid'), startedAt };
  } catch {
    return undefined;
  }
}

/**
 * Whether the process with this id and start time still runs. Undefined: it belongs to another container, and cannot be
 * seen here.
 */
export function livesOn(pid: number, life: Life | undefined): boolean | undefined {
  if (life === undefined) return isAlive(pid);
  const own = lifeOf(process.pid);
  if (own?.among !== life.among) return undefined;
  return lifeOf(pid)?.startedAt === life.startedAt;
}
