import Type, { type Static } from 'typebox';
import { seededRandom } from '../../../shared/time/random.ts';
import { lognormal, type Distribution } from '../../../shared/time/sim/distribution.ts';
import { nextFailure, type Cause } from './weibull.ts';

const Positive = Type.Number({ exclusiveMinimum: 0, maximum: 1e15 });
const life = (minimum: number, maximum: number) =>
  Type.Object({ etaMs: Positive, beta: Type.Number({ minimum, maximum }) }, { additionalProperties: false });

/** A bathtub: three causes of failure, the time of a repair, and the effect of a repair on the age. */
export const Bathtub = Type.Object(
  {
    infant: life(0.1, 0.999),
    random: Type.Object({ etaMs: Positive }, { additionalProperties: false }),
    wear: life(1.001, 20),
    repair: Type.Object(
      { medianMs: Positive, /** Of the logarithm. */ sigma: Type.Number({ minimum: 0, maximum: 3 }) },
      { additionalProperties: false },
    ),
    /**
     * Failures by these causes are repaired with a new part, which begins at age 0; failures by the other causes are
     * repaired with a restart, which keeps the age.
     */
    replaceAfter: Type.Array(Type.Enum(['infant', 'random', 'wear']), { default: ['wear'] }),
  },
  { additionalProperties: false },
);
export type Bathtub = Static<typeof Bathtub>;

export function causesOf({ infant, random, wear }: Bathtub): readonly Cause[] {
  return [
    { name: 'infant', ...infant },
    { name: 'random', etaMs: random.etaMs, beta: 1 },
    { name: 'wear', ...wear },
  ];
}

/** One run of a part from a start to a failure, or to the end of watching. Ages grow only while it runs. */
export interface Spell {
  readonly fromAgeMs: number;
  readonly toAgeMs: number;
  readonly failed: boolean;
}

export interface Failure {
  /** ms since the beginning of the schedule. */
  readonly at: number;
  readonly ageMs: number;
  readonly cause: string;
  readonly repairMs: number;
  readonly replaced: boolean;
}

/**
 * The failures of one node up to `horizonMs`, and its spells for the life table. The same seed gives the identical
 * life.
 */
export function drawLife(
  bathtub: Bathtub,
  seed: number | string,
  horizonMs: number,
): { failures: Failure[]; spells: Spell[] } {
  const random = seededRandom(`bathtub ${seed}`);
  const causes = causesOf(bathtub);
  const repairTime = repairTimeOf(bathtub);
  const replaceAfter: readonly string[] = bathtub.replaceAfter;
  const failures: Failure[] = [];
  const spells: Spell[] = [];
  let now = 0;
  let ageMs = 0;
  for (;;) {
    const { cause, inMs } = nextFailure(causes, ageMs, random);
    if (now + inMs >= horizonMs) {
      spells.push({ fromAgeMs: ageMs, toAgeMs: ageMs + horizonMs - now, failed: false });
      return { failures, spells };
    }
    spells.push({ fromAgeMs: ageMs, toAgeMs: ageMs + inMs, failed: true });
    now += inMs;
    ageMs += inMs;
    const repairMs = repairTime(random);
    const replaced = replaceAfter.includes(cause.name);
    failures.push({ at: now, ageMs, cause: cause.name, repairMs, replaced });
    if (replaced) ageMs = 0;
    now += repairMs;
    if (now >= horizonMs) return { failures, spells };
  }
}

/** Most repairs are short, a few take very long. */
export const repairTimeOf = ({ repair }: Bathtub): Distribution => lognormal(repair.medianMs, repair.sigma);
