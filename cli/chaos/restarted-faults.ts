import type { JournalEntry } from '../../services/chaos/journal.ts';
import type { FaultStatus } from '../../shared/faults/registry.ts';

/**
 * A fault from the injector's journal. Its counts and parameters are unknown, because the process that held it is gone.
 */
export interface RestartedFault {
  readonly fault: Pick<FaultStatus['fault'], 'id' | 'kind' | 'target'>;
  readonly state: 'ended';
  readonly end: 'restart';
}

/**
 * Faults of processes that were restarted since `since` (wall-clock ms). No node lists them any more, because a node's
 * faults end with its process.
 */
export function restartedFaults(
  entries: readonly JournalEntry[],
  listed: readonly FaultStatus[],
  since: number,
): readonly RestartedFault[] {
  const keyOf = ({ id, target }: { readonly id: string; readonly target: string }): string => `${id} ${target}`;
  const known = new Set(listed.map(({ fault }) => keyOf(fault)));
  return entries
    .filter(({ event, end, at }) => event === 'heal' && end === 'restart' && at >= since)
    .filter((entry) => !known.has(keyOf(entry)))
    .map(({ id, kind, target }) => ({ fault: { id, kind, target }, state: 'ended', end: 'restart' }));
}
