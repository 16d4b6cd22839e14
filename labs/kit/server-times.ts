import type { LabNode } from '../runner/lab.ts';
import { metricOf, sumOf } from './metrics.ts';

/** Calls that a node has answered, and the sum of the times for which it held them. */
export interface Held {
  readonly calls: number;
  readonly totalMs: number;
}

const metric = 'tierlab_rpc_server_duration_seconds';

/** What the node's histogram of answered calls says of one operation, like `html.search`, since the node started. */
export async function heldBy(node: LabNode, called: string): Promise<Held> {
  const sumFor = async (part: 'sum' | 'count'): Promise<number> => {
    const series = await metricOf(node, `${metric}_${part}`);
    return sumOf(series.filter(({ labels }) => `${labels.component}.${labels.operation}` === called));
  };
  return { calls: await sumFor('count'), totalMs: 1_000 * (await sumFor('sum')) };
}

export const heldBetween = (before: Held, after: Held): Held => ({
  calls: after.calls - before.calls,
  totalMs: after.totalMs - before.totalMs,
});
