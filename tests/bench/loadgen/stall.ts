import { median } from '../../../shared/quantile.ts';
import { ofRatios, significant, type Row } from '../row.ts';
import { sleep, systemScheduler } from '../../../shared/time/scheduler.ts';
import { startTarget, type Target } from './target.ts';
import { autocannon, ours } from './tools.ts';

const pairs = 5;
const rate = 2000;
const seconds = 10;
const stallMs = 1000;
/**
 * A tenth of the requests is due during the stall and waits evenly from 1 s down to 0. So the slowest hundredth of all
 * requests waits over 900 ms. Reading 2,000 answers that arrive at once takes some 10 ms more.
 */
const predictedMs = 910;
/** So many runs go on at the same time: each has a target of its own, and together they need half a core. */
const atOnce = 3;
/** Runs start one after the other, so that no two targets are stalled at the same time. */
const apartMs = stallMs + 500;

/**
 * Row 15: the p99 of a run of 10 s at 2,000/s with one stall of 1 s, against the prediction. One run of autocannon is
 * the comparison.
 */
export async function stall(say: (line: string) => void): Promise<Row[]> {
  const mine: number[] = [];
  let cannonMs = 0;
  const runs = [
    ...Array.from({ length: pairs }, () => async (target: Target) => {
      const flags = ['-R', `${rate}/s`, '-d', `${seconds}s`, '--check', 'status'];
      const p99Ms = (await ours(target.url, flags)).json.latencyMs.intended.p99;
      mine.push(p99Ms);
      say(`p99 ${significant(p99Ms)} ms, predicted ${predictedMs} ms`);
    }),
    async (target: Target) => {
      const { output } = await autocannon(target.url, ['-c', '50', '-R', String(rate), '-d', String(seconds)]);
      cannonMs = (JSON.parse(output) as { latency: { p99: number } }).latency.p99;
    },
  ];
  await Promise.all(
    Array.from({ length: atOnce }, async (_, first) => {
      using target = await startTarget();
      await sleep(systemScheduler, first * apartMs);
      for (let i = first; i < runs.length; i += atOnce) {
        target.stallAfter((seconds * 1000) / 2, stallMs);
        await runs[i]!(target);
      }
    }),
  );
  const ratios = mine.map((p99) => p99 / predictedMs);
  return [
    {
      row: 15,
      name: 'load generator: p99 with a stall of 1 s at 2,000/s for 10 s',
      ours: `${significant(median(mine))} ms`,
      reference: `predicted ${predictedMs} ms`,
      ...ofRatios(ratios),
      goal: '0.95 to 1.05',
      met: Math.abs(median(ratios) - 1) <= 0.05,
      note: `autocannon at the same rate reports ${significant(cannonMs)} ms; wrk has no rate`,
    },
  ];
}
