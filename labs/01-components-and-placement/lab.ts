import { canonicalText } from '../../loadgen/verify/digest.ts';
import type { Trace } from '../../services/traces/contract.ts';
import { lowerMedian } from '../../shared/quantile.ts';
import { seededRandom } from '../../shared/time/random.ts';
import { lognormal } from '../../shared/time/sim/distribution.ts';
import { check, exactly, unknown } from '../kit/checks.ts';
import { nodeOf } from '../kit/nodes.ts';
import { labQueries } from '../kit/pages.ts';
import { alone } from '../kit/topology.ts';
import { traceLines, traceOf } from '../kit/traces.ts';
import { lab, type Check, type LabCluster, type LiveContext, type Point, type Variant } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';

const always = ['monitor', 'traces'] as const;
const tiers = ['gateway', 'app', 'query', 'database', 'ranking', 'html'] as const;

/**
 * Three placements of the same components. `hops`: the calls of a search that cross from one node to another. A search
 * calls gateway -> app, and app -> query, each shard of the database, and ranking.
 */
const placements = [
  {
    id: 'single',
    label: 'all in one process',
    hops: 0,
    nodes: [{ name: 'server', components: [...always, ...tiers], replicas: 1 }],
  },
  { id: 'tiers', label: 'each on a node of its own', hops: 4, nodes: [...always, ...tiers].map((name) => alone(name)) },
  {
    id: 'shards',
    label: 'and the database in two shards',
    hops: 5,
    nodes: [...always, ...tiers].map((name) => alone(name, name === 'database' ? 2 : 1)),
  },
] as const;

/** The same components in three places: equal answers, other times. */
export const componentsAndPlacement = lab({
  id: '01',
  name: 'components-and-placement',
  topic: 'components and placement',
  question: 'You move the components of a search engine to other machines. What changes, and what does not?',
  seconds: 10,
  cores: 2,
  parameters: {},
  formula: 'hops = calls between components that are on different nodes; each takes more than 0 ms; answers stay equal',
  assumptions: [
    'nothing fails, so no call is repeated',
    'caches and hedged calls are off: each call is made once',
    'all placements have the same data',
  ],
  quantities: () =>
    placements.map(({ id, label, hops }) => ({ id, label: `hops of a search: ${label}`, unit: 'count', theory: hops })),
  async live(_, context) {
    const measured: Measured[] = [];
    for (const { label, nodes } of placements) {
      const own = await context.cluster({
        policy: { base: 'naive', trace: true },
        nodes,
      });
      measured.push(await searches(own, context, label));
    }
    return judged(measured);
  },
  madeUp: (seed, variant) => judged(madeUpSearches(seed, variant)),
  variants: {
    broken: 'all components stay in one process, whatever the placement says',
    control: 'a cache answers a third of the searches, so these searches have one hop less',
  },
  hints: [
    'Which components does a search call? Which of these calls leave the process?',
    'Count the arrows: gateway to app, then app to query, to each shard of the database, and to ranking. An arrow ' +
      'within a process is no hop.',
    'A waiter asks the kitchen and the bar. If all are in one room, an order needs no phone call. If the kitchen is ' +
      'in another house, an order needs one. If both are in other houses, it needs two.',
  ],
  explanation: () =>
    `The answers are equal, byte by byte. A component is a list of operations, and the code behind them. This code does
not know where it runs. So its answers do not depend on the place.

The hops change. In one process, all calls are function calls: no hop. With one node for each component, a search has 4
hops: gateway to app, then app to query, database and ranking. With two shards it has 5 hops, because app asks both
shards. Each hop takes time, can fail, and can wait.

So first divide a system into components. Then decide where they run. The first decision says what the system does. The
second decision says how fast the system is, and how it fails.`,
  transfer: {
    question:
      'You put app, query and ranking on one node. All other components have nodes of their own. How many hops does ' +
      'a search with two shards have?',
    answer: 'Three: gateway to app, and app to each of the two shards. Query and ranking are function calls now.',
  },
});

/** What the searches of one placement showed. An answer that failed is ''. */
interface Measured {
  readonly answers: readonly string[];
  readonly traces: readonly { readonly hops: number; readonly hopsMs: readonly number[] }[];
  /** One search, one line for each node that held it. */
  readonly shown: readonly string[];
}

/** What the searches say, in the order of the placements: the checks do not know where the measurements are from. */
function judged(measured: readonly Measured[]) {
  const points: Point[] = [];
  const checks: Check[] = [];
  const timeline: string[] = [];
  for (const [i, { answers, traces, shown: lines }] of measured.entries()) {
    const { id, label, hops } = placements[i]!;
    const equal = answers.filter((answer, at) => answer !== '' && answer === measured[0]!.answers[at]).length;
    checks.push(
      check(
        `${label}: the answers are those of one process`,
        equal === labQueries.length,
        `${equal} of ${labQueries.length} are equal`,
      ),
    );
    if (traces.length < labQueries.length / 2) {
      checks.push(unknown(`${label}: hops`, `only ${traces.length} traces could be read`, 'run the lab again'));
      continue;
    }
    const counts = traces.map((trace) => trace.hops);
    points.push(exactly(id, lowerMedian(counts), counts.length));
    checks.push(
      check(
        `${label}: every trace has ${hops} hops`,
        counts.every((count) => count === hops),
        `${Math.min(...counts)} to ${Math.max(...counts)}`,
      ),
    );
    const hopsMs = traces.flatMap((trace) => trace.hopsMs);
    const shortest = Math.min(...hopsMs);
    if (hops > 0)
      checks.push(
        check(
          `${label}: each hop takes time`,
          hopsMs.length > 0 && shortest > 0,
          `at least ${digits(shortest)} ms, ${hopsMs.length} hops`,
        ),
      );
    timeline.push(`${label}:`, ...lines);
  }
  return { points, checks, timeline };
}

/** Searches as a run shows them: a hop takes a millisecond, and some traces cannot be read. For the audit. */
function madeUpSearches(seed: string, variant: Variant): readonly Measured[] {
  if (variant === 'do-nothing') return [];
  const random = seededRandom(seed);
  const hopTime = lognormal(1, 0.5);
  return placements.map(({ hops }) => {
    const read = labQueries.filter(() => random.next() < 0.95);
    return {
      answers: labQueries.map((q) => `the answer to ${q}`),
      traces: read.map(() => {
        const isCached = variant === 'control' && hops > 0 && random.next() < 1 / 3;
        const crossed = variant === 'broken' ? 0 : hops - (isCached ? 1 : 0);
        return { hops: crossed, hopsMs: Array.from({ length: crossed }, () => hopTime(random)) };
      }),
      shown: [],
    };
  });
}

async function searches(own: LabCluster, { signal, progress }: LiveContext, label: string): Promise<Measured> {
  const gateway = nodeOf(own, 'gateway');
  const collector = nodeOf(own, 'traces');
  const ask = (q: string) =>
    fetch(`http://127.0.0.1:${gateway.doors.gateway}/api/search?q=${encodeURIComponent(q)}`, { signal });
  // The first round compiles code, and the database learns the statistics of all shards.
  for (const q of labQueries) await (await ask(q)).arrayBuffer();
  const answers: string[] = [];
  const traces: Trace[] = [];
  for (const [i, q] of labQueries.entries()) {
    const response = await ask(q);
    const text = await response.text();
    answers.push(response.ok ? canonicalText(text, (JSON.parse(text) as { results?: unknown }).results) : '');
    const trace = await traceOf(collector.publicPort, response.headers.get('x-request-id') ?? '', signal);
    if (trace) traces.push(trace);
    progress(label, i + 1, labQueries.length);
  }
  return {
    answers,
    traces: traces.map(({ hops, spans }) => ({
      hops,
      hopsMs: spans.flatMap(({ kind, local, peer, durationMs }) =>
        kind === 'attempt' && !local && peer !== undefined ? [durationMs] : [],
      ),
    })),
    shown: traces[0] ? traceLines(traces[0]) : [],
  };
}
