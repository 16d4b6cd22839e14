import { bathtubEdges, lifeTable, type LifeTableRow } from '../../../services/chaos/bathtub/life-table.ts';
import { causesOf, drawLife, type Bathtub, type Spell } from '../../../services/chaos/bathtub/lives.ts';
import { meanLifeMs } from '../../../services/chaos/bathtub/weibull.ts';

/** Years become seconds: infant mortality, random failures and wear-out all show within a minute. */
export const labBathtub: Bathtub = {
  infant: { etaMs: 60_000, beta: 0.5 },
  random: { etaMs: 60_000 },
  wear: { etaMs: 40_000, beta: 6 },
  repair: { medianMs: 1_500, sigma: 0.4 },
  replaceAfter: ['wear'],
};

/** The observed failures beside the theory of the three causes. Ages are ms of running. */
export interface BathtubResult {
  readonly mode: 'live' | 'simulated';
  readonly parts: number;
  readonly failures: number;
  readonly runningMs: number;
  /** Running time per failure; undefined before the first. */
  readonly mtbfMs: number | undefined;
  /** The mean life of a new part by theory; restarts, which keep the age, make the observed mean shorter. */
  readonly newPartMeanMs: number;
  readonly rows: readonly LifeTableRow[];
}

const bins = 10;

export function bathtubResultOf(
  mode: BathtubResult['mode'],
  parts: number,
  spells: readonly Spell[],
  bathtub: Bathtub,
): BathtubResult {
  const causes = causesOf(bathtub);
  const oldestMs = Math.max(1, ...spells.map(({ toAgeMs }) => toAgeMs));
  const runningMs = spells.reduce((sum, { fromAgeMs, toAgeMs }) => sum + toAgeMs - fromAgeMs, 0);
  const failures = spells.filter(({ failed }) => failed).length;
  return {
    mode,
    parts,
    failures,
    runningMs,
    mtbfMs: failures === 0 ? undefined : runningMs / failures,
    newPartMeanMs: meanLifeMs(causes),
    rows: lifeTable(spells, causes, bathtubEdges(bins, oldestMs * 1.0001)),
  };
}

/** Pure: `parts` lives of `horizonMs` each, by the seed. */
export function simulate(bathtub: Bathtub, parts: number, seed: number, horizonMs: number): BathtubResult {
  const spells = Array.from(
    { length: parts },
    (_, i) => drawLife(bathtub, `${seed} part-${i + 1}`, horizonMs).spells,
  ).flat();
  return bathtubResultOf('simulated', parts, spells, bathtub);
}
