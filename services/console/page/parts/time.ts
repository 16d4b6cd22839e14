import type { Incident } from '../../../monitor/incident.ts';
import type { Snapshot } from '../../live/snapshot.ts';

/** The times of snapshots for a chart, seconds. */
export const secondsOf = (snapshots: readonly Snapshot[]): number[] => snapshots.map(({ at }) => at / 1_000);

/** The diagnosed incidents as bands of a chart, seconds. */
export function bandsOf(incidents: readonly Incident[], now: number): { id: string; from: number; to: number }[] {
  return incidents
    .filter(({ verdict, outcome }) => verdict !== undefined && outcome !== 'doubt')
    .map(({ id, stamps }) => ({ id, from: stamps.manifest / 1_000, to: (stamps.fix ?? now) / 1_000 }));
}
