import { readFileSync } from 'node:fs';
import { CommandError } from './errors.ts';
import type { ClusterNode } from './watchdog-client.ts';

/** New nodes must fit into the free memory, or all nodes get slow. Only Linux tells how much a node takes. */
export function refuseTooMuchMemory(nodes: readonly ClusterNode[], more: number): void {
  const used = nodes.flatMap(({ pid }) => (pid === null ? [] : (residentMegabytes(pid) ?? [])));
  if (used.length === 0) return;
  // In a container with a memory limit, this is what the limit leaves.
  const free = process.availableMemory() / 2 ** 20;
  const needed = more * Math.max(...used);
  if (needed > free)
    throw new CommandError(
      `${more} more nodes may take ${Math.round(needed)} MB, and this machine has ${Math.round(free)} MB free`,
    );
}

function residentMegabytes(pid: number): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1_024;
  } catch {
    return undefined;
  }
}
