import { setPolicy } from '../cluster/cluster.ts';
import type { Row } from '../row.ts';
import { clean, inWords, throughputRow, type Cost, type System } from './wrk.ts';

const rounds = 5;
const goal = 0.97;

/** Row 22: the throughput of row 1 with tracing on, against the same cluster with tracing off, in turn. */
export async function tracing(system: System, dataDir: string, say: (line: string) => void): Promise<Row> {
  const measure = async (trace: boolean): Promise<Cost> => {
    await setPolicy(dataDir, { trace });
    return clean(system, say);
  };
  const pairs: { ours: Cost; reference: Cost }[] = [];
  for (let i = 0; i < rounds; i++) {
    // They take turns in going first, because the cluster may become faster while it is measured.
    const first = await measure(i % 2 === 0);
    const second = await measure(i % 2 !== 0);
    const [ours, reference] = i % 2 === 0 ? [first, second] : [second, first];
    pairs.push({ ours, reference });
    say(`tracing on ${inWords(ours)}, off ${inWords(reference)}`);
  }
  return throughputRow({ row: 22, name: 'tracing on, against off: throughput of row 1' }, goal, pairs);
}
