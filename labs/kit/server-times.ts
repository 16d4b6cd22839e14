import type { LabNode } from '../runner/lab.ts';

/** Calls that a node has answered, and the sum of the times for which it held them. */
export interface Held {
  readonly calls: number;
  readonly totalMs: number;
}

const line = /^tierlab_rpc_server_duration_seconds_(sum|count)\{([^}]*)\} (\S+)$/gm;

/** What the node's histogram of answered calls says of one operation, like `html.search`, since the node started. */
export async function heldBy({ opsPort }: LabNode, operation: string, signal: AbortSignal): Promise<Held> {
  const response = await fetch(`http://127.0.0.1:${opsPort}/metrics`, { signal });
  const [component, name] = operation.split('.');
  let held: Held = { calls: 0, totalMs: 0 };
  for (const [, what, labels = '', value] of (await response.text()).matchAll(line)) {
    if (!labels.includes(`component="${component}"`) || !labels.includes(`operation="${name}"`)) continue;
    held = what === 'count' ? { ...held, calls: Number(value) } : { ...held, totalMs: 1_000 * Number(value) };
  }
  return held;
}

export const heldBetween = (before: Held, after: Held): Held => ({
  calls: after.calls - before.calls,
  totalMs: after.totalMs - before.totalMs,
});
