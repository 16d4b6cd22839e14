import type { Incident } from '../../../monitor/incident.ts';
import type { Snapshot } from '../../live/snapshot.ts';
import { toneOf, type Tone } from '../../tone.ts';

const gravity: Readonly<Record<Tone, number>> = { bad: 2, warn: 1, quiet: 0, good: 0 };

/** Pure: for each diagnosed incident, the time of the first snapshot that shows its node at its worst. */
export function failureMoments(incidents: readonly Incident[], snapshots: readonly Snapshot[]): number[] {
  return incidents
    .filter(({ verdict }) => verdict !== undefined)
    .flatMap(({ node, stamps: { detect, steady = Infinity } }) => {
      // A snapshot shows the worst state since the snapshot before it. So the first snapshot after the end of the
      // incident counts, too.
      const during = snapshots.filter(({ at }, i) => at >= detect && (snapshots[i - 1]?.at ?? 0) < steady);
      const grave = during.map(({ nodes }) => gravity[toneOf(nodes[node]?.state ?? 'unknown', nodes[node]?.verdict)]);
      return during[grave.indexOf(Math.max(...grave))]?.at ?? [];
    });
}
