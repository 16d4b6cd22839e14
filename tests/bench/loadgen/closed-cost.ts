import { median } from '../../../shared/quantile.ts';
import { ofRatios, significant, type Row } from '../row.ts';
import { startTarget } from './target.ts';
import { autocannon, hasWrk, ours, wrk } from './tools.ts';

const pairs = 5;
const connections = 32;
const seconds = 3;
/** wrk is machine code, so it is as fast in its first second as later. */
const wrkSeconds = 2;
/** The goal: so many times the processor time of wrk. */
const goal = 1.1;

/**
 * Row 13: processor seconds per 10,000 requests in a closed loop, ours over wrk, or over autocannon if there is no wrk.
 */
export async function closedCost(say: (line: string) => void): Promise<Row[]> {
  using target = await startTarget();
  const withWrk = await hasWrk();
  if (!withWrk) say('wrk is not installed: row 13 is compared with autocannon alone (Debian: apt-get install wrk)');
  const reference = withWrk ? 'wrk' : 'autocannon';
  const other = () =>
    withWrk
      ? wrk(target.url, connections, wrkSeconds)
      : autocannon(target.url, ['-c', String(connections), '-d', String(seconds)]);
  const mine: number[] = [];
  const whole: number[] = [];
  const theirs: number[] = [];
  const ratios: number[] = [];
  for (let i = 0; i < pairs; i++) {
    const a = await ours(target.url, ['-c', String(connections), '-d', `${seconds}s`, '-w', '1', '--check', 'status']);
    const b = await other();
    mine.push(a.json.cpuSecondsPer10kRequests);
    whole.push((a.cpuSeconds / a.requests) * 1e4);
    theirs.push((b.cpuSeconds / b.requests) * 1e4);
    ratios.push((mine.at(-1) ?? 0) / (theirs.at(-1) ?? 1));
    say(`ours ${significant(mine.at(-1) ?? 0)}, ${reference} ${significant(theirs.at(-1) ?? 0)} s per 10,000`);
  }
  const figure = ofRatios(ratios);
  return [
    {
      row: 13,
      name: 'load generator, closed loop, processor time per 10,000 requests',
      ours: `${significant(median(mine))} s`,
      reference: `${reference} ${significant(median(theirs))} s`,
      ...figure,
      goal: `<= ${goal} x wrk`,
      met: withWrk && figure.ratio <= goal,
      note:
        `the sending process; with start, controller and report ${significant(median(whole))} s ` +
        `in a run of ${seconds} s`,
    },
  ];
}
