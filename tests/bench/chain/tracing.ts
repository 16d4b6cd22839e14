import { benchPortBase, run } from '../cluster/cluster.ts';
import { median, spread, type Row } from '../row.ts';
import { clean, inWords, type Cost, type System } from './wrk.ts';

const rounds = 5;
const goal = 0.97;

/** Row 22: the throughput of row 1 with tracing on, against the same cluster with tracing off, in turn. */
export async function tracing(ours: System, dataDir: string, say: (line: string) => void): Promise<Row> {
  const measure = async (trace: boolean): Promise<Cost> => {
    await run('policy', JSON.stringify({ trace }), '--data', dataDir, '--port-base', String(benchPortBase));
    return clean(ours, say);
  };
  const pairs: { on: Cost; off: Cost }[] = [];
  for (let i = 0; i < rounds; i++) {
    pairs.push({ on: await measure(true), off: await measure(false) });
    say(`tracing on ${inWords(pairs.at(-1)!.on)}, off ${inWords(pairs.at(-1)!.off)}`);
  }
  const ratios = pairs.map(({ on, off }) => on.perSecond / off.perSecond);
  const medianOf = (which: 'on' | 'off'): Cost => ({
    perSecond: median(pairs.map((pair) => pair[which].perSecond)),
    cpuMs: median(pairs.map((pair) => pair[which].cpuMs)),
  });
  return {
    row: 22,
    name: 'tracing on, against off: throughput of row 1',
    ours: inWords(medianOf('on')),
    reference: inWords(medianOf('off')),
    ratio: median(ratios),
    spread: spread(ratios),
    goal: `>= ${goal}`,
    met: median(ratios) >= goal,
  };
}
