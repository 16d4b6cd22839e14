import { readFileSync } from 'node:fs';
import { CommandError } from './errors.ts';
import type { ClusterNode } from './watchdog-client.ts';

/** New nodes must fit into the free memory, or all nodes get slow. Only Linux tells how much is free. */
export function refuseTooMuchMemory(nodes: readonly ClusterNode[], more: number): void {
  const megabytes = (file: string, field: string): number | undefined => {
    try {
      const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(file, 'utf8'))?.[1];
      return kilobytes === undefined ? undefined : Number(kilobytes) / 1_024;
    } catch {
      return undefined;
    }
  };
  const free = megabytes('/proc/meminfo', 'MemAvailable');
  const used = nodes.flatMap(({ pid }) => (pid === null ? [] : (megabytes(`/proc/${pid}/status`, 'VmRSS') ?? [])));
  if (free === undefined || used.length === 0) return;
  const needed = more * Math.max(...used);
  if (needed > free)
    throw new CommandError(
      `${more} more nodes may take ${Math.round(needed)} MB, and this machine has ${Math.round(free)} MB free`,
    );
}
