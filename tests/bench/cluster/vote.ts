import { cpuSeconds } from '../cpu.ts';
import { ofRatios, significant, type Row } from '../row.ts';
import { median } from '../../../shared/quantile.ts';
import { gatewayUrl, setPolicy, sumOfMetric, type NodeRow } from './cluster.ts';

const rounds = 5;
/** V8 compiles during these rounds. Without them, the first policy of the first round seems too expensive. */
const warmUpRounds = 4;
const secondsPerRound = 2;
const searchers = 4;
const words = ['dog', 'animal', 'river', 'music', 'green', 'old', 'water', 'house', 'small', 'light', 'plant', 'city'];
const policies = ['never', 'sample', 'always'] as const;
const goals = { sample: 1.1, always: 1.6 };

interface Cost {
  readonly cpuMs: number;
  readonly calls: number;
  readonly p50Ms: number;
  readonly perSecond: number;
}

/**
 * Rows 18 and 19: the cost of a search with audits, and with a vote on every answer, against a search with neither.
 * Linux only: it reads /proc.
 */
export async function vote(nodes: readonly NodeRow[], dataDir: string, say: (line: string) => void): Promise<Row[]> {
  for (let i = 0; i < warmUpRounds; i++) await load(nodes);
  const costs: Record<(typeof policies)[number], Cost>[] = [];
  for (let i = 0; i < rounds; i++) {
    const round: Partial<Record<(typeof policies)[number], Cost>> = {};
    for (const when of policies) {
      await setPolicy(dataDir, { quorum: { when } });
      const cost = await load(nodes);
      round[when] = cost;
      say(`${when}: ${inWords(cost)}`);
    }
    costs.push(round as Record<(typeof policies)[number], Cost>);
  }
  return [row(18, 'sample', costs), row(19, 'always', costs)];
}

const inWords = ({ cpuMs, calls, p50Ms, perSecond }: Cost): string =>
  `${significant(cpuMs)} ms of CPU, ${significant(calls)} calls, p50 ${significant(p50Ms)} ms, ` +
  `${perSecond.toFixed(0)}/s`;

/** CPU time over all nodes, calls between them and latency, per search, over some seconds of searches. */
async function load(nodes: readonly NodeRow[]): Promise<Cost> {
  const pids = nodes.map(({ pid }) => pid);
  const [cpuBefore, callsBefore, since] = [cpuSeconds(pids), await callsMade(nodes), performance.now()];
  const latencies: number[] = [];
  const searcher = async (_: unknown, own: number): Promise<void> => {
    for (let i = own; performance.now() - since < secondsPerRound * 1_000; i++) {
      const q = `${words[i % words.length]} ${words[(i * 7 + own) % words.length]}`;
      const begin = performance.now();
      const response = await fetch(`${gatewayUrl}/api/search?q=${encodeURIComponent(q)}`);
      await response.arrayBuffer();
      if (response.ok) latencies.push(performance.now() - begin);
    }
  };
  await Promise.all(Array.from({ length: searchers }, searcher));
  const searches = latencies.length;
  const seconds = (performance.now() - since) / 1_000;
  const calls = (await callsMade(nodes)) - callsBefore;
  return {
    cpuMs: ((cpuSeconds(pids) - cpuBefore) * 1_000) / searches,
    calls: calls / searches,
    p50Ms: median(latencies),
    perSecond: searches / seconds,
  };
}

/** Attempts at ranking and database replicas, as the application server counts them. */
async function callsMade(nodes: readonly NodeRow[]): Promise<number> {
  const app = nodes.filter(({ components }) => components.includes('app'));
  return sumOfMetric(app, /^tierlab_rpc_client_duration_seconds_count\{.*component="(ranking|database)"/);
}

function row(
  number: number,
  when: 'sample' | 'always',
  costs: readonly Record<(typeof policies)[number], Cost>[],
): Row {
  const words = (policy: (typeof policies)[number]): string => {
    const medianOf = (figure: keyof Cost) => median(costs.map((round) => round[policy][figure]));
    return inWords({
      cpuMs: medianOf('cpuMs'),
      calls: medianOf('calls'),
      p50Ms: medianOf('p50Ms'),
      perSecond: medianOf('perSecond'),
    });
  };
  const ratios = costs.map((round) => round[when].cpuMs / round.never.cpuMs);
  return {
    row: number,
    name: `a search with votes on ranking and database: ${when}, over never`,
    ours: words(when),
    reference: words('never'),
    ...ofRatios(ratios),
    goal: `<= ${goals[when]}`,
    met: median(ratios) <= goals[when],
  };
}
