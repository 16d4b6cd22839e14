import type { Row } from '../row.ts';
import { inWords, type Felt, type LoadOptions } from './load.ts';
import type { Bed } from './bed.ts';

const seconds = 4;
const controlSeconds = 2;
/** When the fault begins, ms after the start of the run: the load is steady by then. */
const afterMs = 1_200;

/** Tiers with more than one node. Users call the first gateway; for the gateway's own row they use the client. */
const tiers = ['database', 'query', 'ranking', 'html', 'app', 'gateway', 'monitor'];

/**
 * One fault under load, and the same load just before it. If a busy machine fails without the fault too, the trial
 * shows nothing.
 */
interface Trial {
  readonly before: Felt;
  readonly during: Felt;
}

/** Kills one node of each tier under load. No user may get a failure. */
export async function kills(bed: Bed): Promise<Row[]> {
  const resilient = await under(bed, 'resilient', tiers, 'kill');
  const naive = await under(bed, 'naive', ['ranking', 'app'], 'kill');
  return [lost('kill any one node of each tier', resilient, naive, `tiers: ${tiers.join(', ')}`)];
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
  const rates = {
    searches: await bed.halfOfPeak('searches'),
    pages: tiersHit.includes('gateway') ? await bed.halfOfPeak('pages') : 0,
  };
  const trials: Trial[] = [];
  for (const tier of tiersHit) {
    const [victim] = system.hosting(tier);
    const way = tier === 'gateway' ? 'pages' : 'searches';
    const rate = rates[way];
    const users = (options: LoadOptions) => load[way](options);
    const before = await users({ rate, seconds: controlSeconds });
    const running = users({ rate, seconds });
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    await system.order(victim!.id, action);
    const during = await running;
    trials.push({ before, during });
    say(`${policy}: ${action} ${victim!.id} at ${rate.toFixed(0)}/s: ${inWords(during)}; before ${inWords(before)}`);
    // The monitor may have restarted the node: then the order fails, and that does not matter.
    if (action === 'pause') await system.order(victim!.id, 'resume').catch(() => undefined);
    await system.whole();
  }
  return trials;
}

const bad = ({ failed, wrong }: Felt): number => failed + wrong;

/**
 * Failed and wrong reads under each policy, from the trials without a failure before the fault. The ratio is the failed
 * share.
 */
function lost(name: string, resilient: readonly Trial[], naive: readonly Trial[], where: string): Row {
  const clean = (trials: readonly Trial[]) =>
    trials.filter(({ before }) => bad(before) === 0).map(({ during }) => during);
  const sum = (all: readonly Felt[], what: (one: Felt) => number) => all.reduce((total, one) => total + what(one), 0);
  const text = (all: readonly Felt[]) =>
    `${sum(all, ({ failed }) => failed)} failed, ${sum(all, ({ wrong }) => wrong)} wrong of ${sum(all, ({ asked }) => asked)}`;
  const ours = clean(resilient);
  const shares = ours.map((one) => bad(one) / one.asked);
  const left = resilient.length - ours.length;
  return {
    row: 12,
    name: `${name}: reads`,
    ours: text(ours),
    reference: `naive ${text(clean(naive))}`,
    ratio: ours.length === 0 ? 1 : sum(ours, bad) / sum(ours, ({ asked }) => asked),
    spread: ours.length === 0 ? [0, 1] : [Math.min(...shares), Math.max(...shares)],
    goal: '0 failed, 0 wrong',
    met: ours.length > 0 && sum(ours, bad) === 0,
    note: `${where}${left === 0 ? '' : `; ${left} of ${resilient.length} trials left out: reads failed before the fault`}`,
  };
}
