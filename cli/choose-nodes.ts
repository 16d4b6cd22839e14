import { CommandError, UsageError } from './errors.ts';
import type { ClusterNode } from './watchdog-client.ts';

type Known = Pick<ClusterNode, 'id' | 'state'>;

/**
 * Divides the nodes that `wanted` names (undefined: all nodes) into those that can be asked and the others. Throws
 * UsageError for unknown names, and CommandError if no node can be asked.
 */
export function chooseNodes<N extends Known>(
  nodes: readonly N[],
  wanted: readonly string[] | undefined,
): { readonly ready: readonly N[]; readonly leftOut: readonly N[] } {
  requireKnown(nodes, wanted ?? []);
  const chosen = nodes.filter(({ id }) => wanted === undefined || wanted.includes(id));
  const ready = chosen.filter(({ state }) => state === 'ready');
  if (ready.length === 0) throw new CommandError(`none of these nodes is ready: ${statesOf(chosen)}`);
  return { ready, leftOut: chosen.filter(({ state }) => state !== 'ready') };
}

/** Throws UsageError for names of nodes that do not exist. */
export function requireKnown(nodes: readonly Known[], wanted: readonly string[]): void {
  const unknown = wanted.filter((id) => !nodes.some((node) => node.id === id));
  if (unknown.length > 0)
    throw new UsageError(`no node ${unknown.join(', ')}; there are ${nodes.map(({ id }) => id).join(', ')}`);
}

/** `app-1 (backoff), standby-1 (stopped)`. */
export const statesOf = (nodes: readonly Known[]): string =>
  nodes.map(({ id, state }) => `${id} (${state})`).join(', ');
