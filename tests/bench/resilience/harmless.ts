import { ofRatios, type Row } from '../row.ts';
import { median } from '../../../shared/quantile.ts';
import { onBed } from './bed.ts';
import { bad } from './hit.ts';
import { inWords, type Felt } from './load.ts';

const seconds = 2;
const pairs = 5;
/** The naive policy carries a rate while its 99th percentile stays below this, ms. */
const carriedP99Ms = 100;
const shares = [0.95, 1];
const fullShares = [0.5, 0.8, 0.95, 1];

/** The results of users at each of some shares of a rate, one after the other. */
type Under = (policy: string, shares: readonly number[], ofRate: number) => Promise<readonly Felt[]>;

/**
 * Row 20: the mechanisms do no harm. Without any fault, at a rate that the naive policy carries, all mechanisms
 * together must carry it too. The short form has the two highest rates, where harm shows first.
 */
export function harmless(say: (line: string) => void, full: boolean): Promise<readonly Row[]> {
  return onBed(say, async ({ system, load: { searches }, peak }) => {
    const under: Under = async (policy, each, ofRate) => {
      await system.policy(policy);
      await searches({ rate: each[0]! * ofRate, seconds: 1 });
      const felt: Felt[] = [];
      for (const share of each) felt.push(await searches({ rate: share * ofRate, seconds }));
      return felt;
    };
    const carried = await carriedByNaive(under, (await peak()).goodput, say);
    if (carried === undefined) {
      say(`no row: the naive policy carries no rate with a p99 below ${carriedP99Ms} ms on this machine now`);
      return [];
    }
    const wanted = full ? fullShares : shares;
    const trials = wanted.map((): (readonly [naive: Felt, resilient: Felt])[] => []);
    for (let pair = 0; pair < pairs; pair++) {
      const naive = await under('naive', wanted, carried);
      const resilient = await under('resilient', wanted, carried);
      for (const [i, share] of wanted.entries()) {
        trials[i]!.push([naive[i]!, resilient[i]!]);
        say(`${percent(share)}: naive ${inWords(naive[i]!)}; resilient ${inWords(resilient[i]!)}`);
      }
    }
    return wanted.map((share, i) => rowOf(share, carried, trials[i]!));
  });
}

/** The highest rate that the naive policy serves completely with a short tail. The search goes down from the peak. */
async function carriedByNaive(under: Under, peak: number, say: (line: string) => void): Promise<number | undefined> {
  for (let share = 1; share > 0.1; share *= 0.9) {
    const [felt] = (await under('naive', [share], peak)) as [Felt];
    say(`naive at ${(peak * share).toFixed(0)}/s: ${inWords(felt)}`);
    if (bad(felt) === 0 && felt.p99Ms < carriedP99Ms) return peak * share;
  }
  return undefined;
}

function rowOf(share: number, carried: number, trials: readonly (readonly [Felt, Felt])[]): Row {
  const ratios = trials.map(([naive, resilient]) => resilient.p99Ms / naive.p99Ms);
  const lostShare = (felt: Felt) => bad(felt) / felt.asked;
  const lost = median(trials.map(([, resilient]) => lostShare(resilient)));
  const refused = median(trials.map(([, { codes }]) => codes.status_503 ?? 0));
  const [naiveMs, oursMs] = [0, 1].map((of) => median(trials.map((trial) => trial[of]!.p99Ms))) as [number, number];
  const isWhole = share === 1;
  return {
    row: 20,
    name: `do no harm: ${percent(share)} of the ${carried.toFixed(0)}/s that naive carries, p99`,
    ours: `${oursMs.toFixed(0)} ms`,
    reference: `naive ${naiveMs.toFixed(0)} ms`,
    ...ofRatios(ratios),
    goal: isWhole ? '>= 99.5% served' : '<= 1.2x, 0 refused, 0 failed',
    met: isWhole ? lost <= 0.005 : lost === 0 && median(ratios) <= 1.2,
    note:
      `${refused} refused, ${inPercent(lost)} not served (medians of ${pairs}); ` +
      `naive ${inPercent(median(trials.map(([naive]) => lostShare(naive))))}`,
  };
}

const inPercent = (share: number): string => `${(100 * share).toFixed(2)}%`;
const percent = (share: number): string => `${Math.round(share * 100)}%`;
