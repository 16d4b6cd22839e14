import type { Incident } from '../../monitor/incident.ts';
import type { Snapshot } from '../live/snapshot.ts';
import type { ConsoleState } from './store.ts';

/** A part of the past that is played. */
interface Replayed {
  /** The moment where it begins, ms. */
  readonly from: number;
  /** The moment where it ends and the page is live again, ms. */
  readonly until: number;
  /** How many seconds of the past are shown in one second. */
  readonly speed: number;
}

/** How many seconds of the past are shown in one second, outside the moments of an incident. */
const usualSpeed = 4;

/** A replay begins this long before the incident began, and ends this long after the incident ended, ms. */
const marginMs = 3_000;

/** The longest time that a replay of an incident takes, ms. */
const longestMs = 20_000;

/** Pure: the part of the past that shows an incident; undefined if the page no longer has its moments. */
export function replayOf({ stamps }: Incident, snapshots: readonly Snapshot[]): Replayed | undefined {
  const [first, last] = [snapshots[0]?.at ?? Infinity, snapshots.at(-1)?.at ?? -Infinity];
  const end = stamps.steady ?? stamps.fix ?? last;
  if (end < first) return undefined;
  const from = Math.max(first, stamps.manifest - marginMs);
  const until = end + marginMs;
  return { from, until, speed: Math.max(1, (until - from) / longestMs) };
}

/**
 * Pure: the moment that is shown `passedMs` after the one at the cursor. Undefined at the end of the replay, when the
 * page is live again. On the page of an incident, the replay ends with the incident. Elsewhere it ends at the present
 * time.
 */
export function nextMoment(
  { cursor, snapshots, incidents }: Pick<ConsoleState, 'cursor' | 'snapshots' | 'incidents'>,
  incidentId: string | undefined,
  passedMs: number,
): number | undefined {
  if (cursor === undefined) return undefined;
  const incident = incidents.find(({ id }) => id === incidentId);
  const whole = incident && replayOf(incident, snapshots);
  const part = whole && cursor >= whole.from && cursor < whole.until ? whole : undefined;
  const next = cursor + passedMs * (part?.speed ?? usualSpeed);
  const end = Math.min(part?.until ?? Infinity, snapshots.at(-1)?.at ?? 0);
  return next < end ? next : undefined;
}
