import { firstCorrectSearch, gatewayUrl, nodes, run, temporaryData, up } from '../cluster/cluster.ts';
import type { Row } from '../row.ts';
import { createLoad, inWords, type Felt } from './load.ts';
import { clientUrl, createSystem, nodeCount } from './system.ts';

const kills = 20;
const seconds = 4;
/** When the process is killed, ms after the start of the run: the load is steady by then. */
const afterMs = 1_200;

/** Tiers with more than one node: whoever loses the only node of a tier must fail. */
const tiers = ['database', 'query', 'ranking', 'html', 'app', 'gateway', 'monitor'];

interface Kill {
  readonly tier: string;
  readonly felt: Felt;
}

/**
 * Row 21: kills one process after the other (-9) at half of the peak. Its watchdog starts it again under load. No read
 * may be refused or fail, and every trial counts.
 */
export async function killsAtHalf(say: (line: string) => void): Promise<readonly Row[]> {
  const data = temporaryData();
  try {
    await run('dataset', '--data', data.dir, '--shards', '2');
    const cluster = up(data.dir, 'multitier');
    try {
      const system = await createSystem(data.dir, nodeCount);
      await firstCorrectSearch(gatewayUrl, performance.now());
      const load = createLoad(data.dir, gatewayUrl, clientUrl);
      await load.record();
      const rates = { searches: 0, pages: 0 };
      for (const way of ['searches', 'pages'] as const) {
        await load[way]({ users: 16, seconds: 3 });
        rates[way] = (await load[way]({ users: 16, seconds: 3 })).goodput / 2;
      }
      const trials: Kill[] = [];
      for (let i = 0; i < kills; i++) {
        const tier = tiers[i % tiers.length]!;
        const replicas = (await nodes()).filter(({ components }) => components.includes(tier));
        const victim = replicas[Math.floor(i / tiers.length) % replicas.length]!;
        // The gateway that users call is killed, too: they come through the client then.
        const way = tier === 'gateway' ? 'pages' : 'searches';
        const running = load[way]({ rate: rates[way], seconds });
        await new Promise((resolve) => setTimeout(resolve, afterMs));
        process.kill(victim.pid, 'SIGKILL');
        const felt = await running;
        trials.push({ tier, felt });
        say(`${victim.id} killed at ${rates[way].toFixed(0)}/s: ${inWords(felt)}`);
        await system.whole();
      }
      return [rowOf(trials)];
    } finally {
      await cluster.stop();
    }
  } finally {
    data.remove();
  }
}

const bad = ({ failed, wrong }: Felt): number => failed + wrong;

function rowOf(trials: readonly Kill[]): Row {
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
    name: `${kills} kills at half of the peak: reads refused or failed`,
    ours: `${lost} of ${sum(trials, ({ asked }) => asked)}`,
    reference: 'none',
    ratio: lost / sum(trials, ({ asked }) => asked),
    spread: [Math.min(...shares), Math.max(...shares)],
    goal: '0',
    met: lost === 0,
    note: `${perTier.join('; ')}; no trial left out`,
  };
}
