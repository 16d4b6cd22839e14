import type { Row } from '../row.ts';
import type { Bed } from './bed.ts';
import { bad, halfOfPeak, hit, tiers, wayBy } from './hit.ts';
import { killsRow } from './kills-at-half.ts';
import { inWords, type Felt } from './load.ts';

const controlSeconds = 1;

/** One fault under load, and the same load just before it: it shows whether a busy machine fails without the fault. */
interface Trial {
  readonly tier: string;
  readonly before: Felt;
  readonly during: Felt;
}

/**
 * Kills one node of each tier under load, and stops two nodes with SIGSTOP: such a node accepts connections and never
 * answers. No user may get a failure. The kills are the short form of row 21, too.
 */
export async function crashes(bed: Bed): Promise<Row[]> {
  const hung = ['ranking', 'database'];
  const resilient = await under(bed, 'resilient', { kill: tiers, pause: hung });
  const naive = await under(bed, 'naive', { kill: ['ranking', 'app'], pause: hung });
  return [
    lost('kill any one node of each tier', resilient.kill, naive.kill, `tiers: ${tiers.join(', ')}`),
    killsRow(resilient.kill.map(({ tier, during }) => ({ tier, felt: during }))),
    lost('hang one node', resilient.pause, naive.pause, 'a ranking node, a database node'),
  ];
}

/** The trials under one policy, at half of its peak: the tiers that lose a node by each action. */
async function under(
  bed: Bed,
  policy: string,
  hits: Readonly<Record<'kill' | 'pause', readonly string[]>>,
): Promise<Readonly<Record<'kill' | 'pause', readonly Trial[]>>> {
  const { system, load, say } = bed;
  await system.policy(policy);
  const rates = await halfOfPeak(bed, [...hits.kill, ...hits.pause]);
  const trials = async (action: 'kill' | 'pause'): Promise<readonly Trial[]> => {
    const all: Trial[] = [];
    for (const tier of hits[action]) {
      const [victim] = system.hosting(tier);
      const way = wayBy(tier);
      const rate = rates[way];
      const before = await load[way]({ rate, seconds: controlSeconds });
      const during = await hit(bed, way, rate, () => system.order(victim!.id, action));
      all.push({ tier, before, during });
      say(`${policy}: ${action} ${victim!.id} at ${rate.toFixed(0)}/s: ${inWords(during)}; before ${inWords(before)}`);
      // The monitor may have restarted the node: then the order fails, and that does not matter.
      if (action === 'pause') await system.order(victim!.id, 'resume').catch(() => undefined);
      await system.whole();
    }
    return all;
  };
  return { kill: await trials('kill'), pause: await trials('pause') };
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
