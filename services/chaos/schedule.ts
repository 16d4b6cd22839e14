import Type, { type Static } from 'typebox';
import { seededRandom } from '../../shared/time/random.ts';
import { Bathtub, drawLife } from './bathtub/lives.ts';

const Ms = Type.Number({ minimum: 0, maximum: 86_400_000 });
const strict = { additionalProperties: false };

/** The times of a fault, ms from the start of the experiment. */
export const Schedule = Type.Union([
  Type.Object({ at: Ms }, strict),
  Type.Object({ every: Type.Number({ minimum: 10, maximum: 86_400_000 }), from: Type.Optional(Ms) }, strict),
  /** Memoryless (a Poisson process), with this average rate per hour. */
  Type.Object(
    { poisson: Type.Object({ perHour: Type.Number({ exclusiveMinimum: 0, maximum: 100_000 }) }, strict) },
    strict,
  ),
  /** Each target fails independently; `stop.kill` keeps it down for the drawn repair time. */
  Type.Object({ bathtub: Bathtub }, strict),
]);
export type Schedule = Static<typeof Schedule>;

export interface Occurrence {
  readonly at: number;
  /** For a bathtub: the target, and how long it is down. */
  readonly victim?: string;
  readonly repairMs?: number;
}

/** More than any experiment needs, and few enough to plan in advance. */
const maxOccurrences = 10_000;

/** Pure: all occurrences before `durationMs`, in order; the same seed gives the same ones. */
export function occurrences(
  schedule: Schedule,
  seed: number,
  durationMs: number,
  victims: readonly string[],
): Occurrence[] {
  if ('at' in schedule) return schedule.at < durationMs ? [{ at: schedule.at }] : [];
  const found: Occurrence[] = [];
  if ('every' in schedule) {
    for (let at = schedule.from ?? 0; at < durationMs && found.length < maxOccurrences; at += schedule.every)
      found.push({ at });
    return found;
  }
  if ('poisson' in schedule) {
    const random = seededRandom(`poisson ${seed}`);
    const meanMs = 3_600_000 / schedule.poisson.perHour;
    const gap = () => -meanMs * Math.log(1 - random.next());
    for (let at = gap(); at < durationMs && found.length < maxOccurrences; at += gap()) found.push({ at });
    return found;
  }
  for (const victim of victims)
    for (const { at, repairMs } of drawLife(schedule.bathtub, `${seed} ${victim}`, durationMs).failures)
      found.push({ at, victim, repairMs });
  return found.sort((a, b) => a.at - b.at).slice(0, maxOccurrences);
}
