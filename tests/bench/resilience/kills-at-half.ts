import { nodes } from '../cluster/cluster.ts';
import type { Row } from '../row.ts';
import { onBed } from './bed.ts';
import { bad, halfOfPeak, hit, tiers, wayBy } from './hit.ts';
import { inWords, type Felt } from './load.ts';

const killCount = 20;

export interface Kill {
  readonly tier: string;
  readonly felt: Felt;
}

/**
 * Row 21 in its long form: kills one process after the other (-9) at half of the peak. Its watchdog starts it again
 * under load. No read may be refused or fail, and every trial counts. crashes.ts has the short form.
 */
export function killsAtHalf(say: (line: string) => void): Promise<readonly Row[]> {
  return onBed(say, async (bed) => {
    const rates = await halfOfPeak(bed, tiers);
    const trials: Kill[] = [];
    for (let i = 0; i < killCount; i++) {
      const tier = tiers[i % tiers.length]!;
      const way = wayBy(tier);
      const replicas = (await nodes()).filter(({ components }) => components.includes(tier));
      const victim = replicas[Math.floor(i / tiers.length) % replicas.length]!;
      const felt = await hit(bed, way, rates[way], () => process.kill(victim.pid, 'SIGKILL'));
      trials.push({ tier, felt });
      say(`${victim.id} killed at ${rates[way].toFixed(0)}/s: ${inWords(felt)}`);
      await bed.system.whole();
    }
    return [killsRow(trials)];
  });
}

/** Row 21, from kills of any number. */
export function killsRow(trials: readonly Kill[]): Row {
  const sum = (all: readonly Kill[], what: (felt: Felt) => number) =>
    all.reduce((total, { felt }) => total + what(felt), 0);
  const perTier = tiers.map((tier) => {
    const own = trials.filter((trial) => trial.tier === tier);
    const refused = sum(own, ({ codes }) => codes.status_503 ?? 0);
    return `${tier} ${refused} refused, ${sum(own, bad) - refused} failed of ${sum(own, ({ asked }) => asked)}`;
  });
  const shares = trials.map(({ felt }) => bad(felt) / felt.asked);
  const lost = sum(trials, bad);
  return {
    row: 21,
    name: `${trials.length} kills at half of the peak: reads refused or failed`,
    ours: `${lost} of ${sum(trials, ({ asked }) => asked)}`,
    reference: 'none',
    ratio: lost / sum(trials, ({ asked }) => asked),
    spread: [Math.min(...shares), Math.max(...shares)],
    goal: '0',
    met: lost === 0,
    note: `${perTier.join('; ')}; no trial left out`,
  };
}
