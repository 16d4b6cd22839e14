import type { Row } from '../row.ts';
import type { Bed } from './bed.ts';
import { bad, halfOfPeak, hit, tiers, wayBy } from './hit.ts';
import { killsRow } from './kills-at-half.ts';
import { inWords, type Felt } from './load.ts';

const controlSeconds = 2;

/** One fault under load, and the same load just before it: it shows whether a busy machine fails without the fault. */
interface Trial {
  readonly tier: string;
  readonly before: Felt;
  readonly during: Felt;
}

/** Kills one node of each tier under load. No user may get a failure. The same trials are the short form of row 21. */
export async function kills(bed: Bed): Promise<Row[]> {
  const resilient = await under(bed, 'resilient', tiers, 'kill');
  const naive = await under(bed, 'naive', ['ranking', 'app'], 'kill');
  return [
    lost('kill any one node of each tier', resilient, naive, `tiers: ${tiers.join(', ')}`),
    killsRow(resilient.map(({ tier, during }) => ({ tier, felt: during }))),
  ];
}

/** Stops one node with SIGSTOP: it then accepts connections and never answers. */
export async function hangs(bed: Bed): Promise<Row[]> {
  const resilient = await under(bed, 'resilient', ['ranking', 'database'], 'pause');
  const naive = await under(bed, 'naive', ['ranking', 'database'], 'pause');
  return [lost('hang one node', resilient, naive, 'a ranking node, a database node')];
}

async function under(
  bed: Bed,
  policy: string,
  tiersHit: readonly string[],
  action: 'kill' | 'pause',
): Promise<Trial[]> {
  const { system, load, say } = bed;
  await system.policy(policy);
  const rates = await halfOfPeak(bed, tiersHit);
  const trials: Trial[] = [];
  for (const tier of tiersHit) {
    const [victim] = system.hosting(tier);
    const way = wayBy(tier);
    const rate = rates[way];
    const before = await load[way]({ rate, seconds: controlSeconds });
    const during = await hit(bed, way, rate, () => system.order(victim!.id, action));
    trials.push({ tier, before, during });
    say(`${policy}: ${action} ${victim!.id} at ${rate.toFixed(0)}/s: ${inWords(during)}; before ${inWords(before)}`);
    // The monitor may have restarted the node: then the order fails, and that does not matter.
    if (action === 'pause') await system.order(victim!.id, 'resume').catch(() => undefined);
    await system.whole();
  }
  return trials;
}

/** Failed and wrong reads under each policy. Every trial counts. The ratio is the failed share. */
function lost(name: string, resilient: readonly Trial[], naive: readonly Trial[], where: string): Row {
  const sum = (trials: readonly Trial[], what: (during: Felt) => number) =>
    trials.reduce((total, { during }) => total + what(during), 0);
  const text = (trials: readonly Trial[]) =>
    `${sum(trials, ({ failed }) => failed)} failed, ${sum(trials, ({ wrong }) => wrong)} wrong of ` +
    `${sum(trials, ({ asked }) => asked)}`;
  const shares = resilient.map(({ during }) => bad(during) / during.asked);
  const before = resilient.filter((trial) => bad(trial.before) > 0).length;
  return {
    row: 12,
    name: `${name}: reads`,
    ours: text(resilient),
    reference: `naive ${text(naive)}`,
    ratio: sum(resilient, bad) / sum(resilient, ({ asked }) => asked),
    spread: [Math.min(...shares), Math.max(...shares)],
    goal: '0 failed, 0 wrong',
    met: sum(resilient, bad) === 0,
    note: `${where}${before === 0 ? '' : `; in ${before} of ${resilient.length} trials reads failed before the fault`}`,
  };
}
