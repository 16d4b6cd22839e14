import { seededRandom } from '../../../shared/time/random.ts';
import { rowToGoal, type Row } from '../row.ts';
import { nearestRank } from '../../../shared/quantile.ts';
import { createOurs, ms, timesOf } from './ours.ts';
import { linkedGlosses, pagesOfText, queriesFrom } from './text.ts';

const pages = 1_000_000;
const goals = { p99Ms: 2, seconds: 40, bytes: 600e6 };
const queryCount = 2_000;
const rounds = 5;

/** Row 8, the long form: one million pages. Their text is made while they are indexed, and that time counts, too. */
export async function largeIndex(say: (line: string) => void): Promise<readonly Row[]> {
  const queries = queriesFrom(linkedGlosses(60_000), queryCount, seededRandom('queries'));
  say(`indexes ${pages.toLocaleString('en')} pages`);
  const begin = performance.now();
  const { prepare, bytes } = createOurs(pagesOfText(pages));
  const seconds = (performance.now() - begin) / 1_000;
  const prepared = queries.map(prepare);
  const p99s = Array.from({ length: rounds }, () => nearestRank(timesOf(prepared), 0.99));
  const note = 'definitions joined along links; from page 235,583 on, definitions drawn at random';
  const row = (what: string, values: readonly number[], goal: number, inWords: (value: number) => string): Row => {
    const name = `index of ${pages.toLocaleString('en')} pages: ${what}`;
    return rowToGoal({ row: 8, name, goal: inWords(goal), note }, values, goal, inWords);
  };
  return [
    row('p99 of the top 10 of 2-4 words', p99s, goals.p99Ms, ms),
    row('time to build it', [seconds], goals.seconds, (value) => `${value.toFixed(1)} s`),
    row('memory', [bytes], goals.bytes, (value) => `${(value / 1e6).toFixed(0)} MB`),
  ];
}
