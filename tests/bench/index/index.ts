import { seededRandom } from '../../../shared/time/random.ts';
import { ofRatios, rowToGoal, type Row } from '../row.ts';
import { median, nearestRank } from '../../../shared/quantile.ts';
import { createFts5 } from './fts5.ts';
import { createOurs, ms, timesOf } from './ours.ts';
import { linkedGlosses, queriesFrom } from './text.ts';

const sizes = [60_000, 170_000];
/** The goals: FTS5 takes at least these many times as long. */
const goals = { p50: 25, p99: 40 };
const bytesGoal = 45e6;
const pairs = 5;
/** FTS5 answers only the first 100 queries: all of them would take minutes. */
const queryCount = 2_000;
const comparedCount = 100;

/** Row 8: the inverted index against SQLite's FTS5. */
export async function index(say: (line: string) => void): Promise<readonly Row[]> {
  return sizes.flatMap((pages) => measure(pages, say));
}

function measure(pages: number, say: (line: string) => void): Row[] {
  say(`${pages} pages of linked WordNet definitions`);
  const text = linkedGlosses(pages);
  const words = text.reduce((sum, { body }) => sum + body.split(' ').length, 0) / pages;
  const random = seededRandom('queries');
  const queries = queriesFrom(text, queryCount, random);
  const plainQueries = queriesFrom(text, queryCount, random, true);
  say('building both indexes');
  const ours = createOurs(text);
  const fts5 = createFts5(text);
  const compared = queries.slice(0, comparedCount);
  const prepared = queries.map(ours.prepare);
  const preparedPlain = plainQueries.map(ours.prepare);
  const preparedFts5 = compared.map((query) => () => fts5.find(query));
  const shared = preparedFts5.map((find, i) => overlap(prepared[i]!(), find()));

  const rounds = Array.from({ length: pairs }, (_, round) => {
    const times = timesOf(prepared);
    const plain = timesOf(preparedPlain);
    const theirs = timesOf(preparedFts5);
    say(`pair ${round + 1}: p50 ${ms(median(times))} against ${ms(median(theirs))}`);
    const same = times.slice(0, comparedCount);
    return {
      times,
      plain,
      theirs,
      p50Ratio: median(same) / median(theirs),
      p99Ratio: nearestRank(same, 0.99) / nearestRank(theirs, 0.99),
    };
  });
  fts5.close();

  const times = typical(rounds.map((round) => round.times));
  const plain = typical(rounds.map((round) => round.plain));
  const theirs = typical(rounds.map((round) => round.theirs));
  const p50 = median(times);
  const p99 = nearestRank(times.slice(0, comparedCount), 0.99);
  const p50Ratios = rounds.map((round) => round.p50Ratio);
  const p99Ratios = rounds.map((round) => round.p99Ratio);
  return [
    {
      row: 8,
      name: `index: top 10 of 2-4 words over ${pages.toLocaleString('en')} pages, p50`,
      ours: ms(p50),
      reference: `FTS5 ${ms(median(theirs))}`,
      ...ofRatios(p50Ratios),
      goal: `<= 1/${goals.p50} of FTS5`,
      met: median(p50Ratios) <= 1 / goals.p50,
      note:
        `with stop words as in the text p50 ${ms(median(plain))}, p99 ${ms(nearestRank(plain, 0.99))}; ` +
        `each query's median of ${pairs}; ours counts all matches too; WordNet definitions joined along links, ` +
        `${words.toFixed(0)} words a page; ${(median(shared) * 10).toFixed(0)} of the 10 best are FTS5's too`,
    },
    {
      row: 8,
      name: `index: the same, p99 of the ${comparedCount} queries that both answered`,
      ours: ms(p99),
      reference: `FTS5 ${ms(nearestRank(theirs, 0.99))}`,
      ...ofRatios(p99Ratios),
      goal: `<= 1/${goals.p99} of FTS5`,
      met: median(p99Ratios) <= 1 / goals.p99,
      note: `of all ${queryCount.toLocaleString('en')} queries: ${ms(nearestRank(times, 0.99))}`,
    },
    rowToGoal(
      {
        row: 8,
        name: `index: memory per 60,000 pages (measured with ${pages.toLocaleString('en')})`,
        goal: '45 MB',
      },
      [(ours.bytes * 60_000) / pages],
      bytesGoal,
      (bytes) => `${(bytes / 1e6).toFixed(1)} MB`,
    ),
  ];
}

/** The median of each query over the rounds: this is the cost of the query, without the other work of the machine. */
function typical(rounds: readonly (readonly number[])[]): number[] {
  return rounds[0]!.map((_, query) => median(rounds.map((times) => times[query]!)));
}

function overlap(a: readonly number[], b: readonly number[]): number {
  return a.filter((number) => b.includes(number)).length / Math.max(1, a.length);
}
