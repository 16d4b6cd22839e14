import { createIndexBuilder } from '../../../services/database/index/builder.ts';
import { createInvertedIndex } from '../../../services/database/index/inverted-index.ts';
import type { IndexedRow } from '../../../services/database/store.ts';
import { stem } from '../../../search/text/words.ts';
import { seededRandom } from '../../../shared/time/random.ts';
import { median, spread, type Row } from '../row.ts';
import { createFts5 } from './fts5.ts';
import { linkedGlosses, queriesFrom } from './text.ts';

const sizes = [
  { pages: 60_000, p99GoalMs: 4 },
  { pages: 170_000, p99GoalMs: 6 },
];
const p50GoalMs = 0.5;
/** The goal: FTS5 takes at least this many times as long. */
const goalFactor = 20;
const bytesGoal = 80e6;
const pairs = 7;
/** FTS5 answers only the first 100 queries: all of them would take minutes. */
const queryCount = 2_000;
const comparedCount = 100;

/**
 * Prepares a query and returns its search. For our index, the preparation is the work of the query generator, which
 * another node does.
 */
type Prepare = (words: readonly string[]) => () => readonly number[];

/** Row 8: the inverted index against SQLite's FTS5. */
export async function index(say: (line: string) => void): Promise<readonly Row[]> {
  return sizes.flatMap((size) => measure(size, say));
}

function measure({ pages, p99GoalMs }: (typeof sizes)[number], say: (line: string) => void): Row[] {
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
    return { times, plain, theirs, ratio: median(times.slice(0, comparedCount)) / median(theirs) };
  });
  fts5.close();

  const times = typical(rounds.map((round) => round.times));
  const plain = typical(rounds.map((round) => round.plain));
  const theirs = typical(rounds.map((round) => round.theirs));
  const [p50, p99] = [median(times), percentile(times, 0.99)];
  const ratio = median(rounds.map((round) => round.ratio));
  const per60k = (ours.bytes * 60_000) / pages;
  return [
    {
      row: 8,
      name: `index: top 10 of 2-4 words over ${pages.toLocaleString('en')} pages, p50`,
      ours: ms(p50),
      reference: `FTS5 ${ms(median(theirs))}`,
      ratio,
      spread: spread(rounds.map((round) => round.ratio)),
      goal: `<= 1/${goalFactor}; p50 <= ${p50GoalMs} ms, p99 <= ${p99GoalMs} ms`,
      met: ratio <= 1 / goalFactor && p50 <= p50GoalMs && p99 <= p99GoalMs,
      note: `p99 ${ms(p99)} (FTS5 ${ms(percentile(theirs, 0.99))}); with stop words as in the text p50 ${ms(median(plain))}, p99 ${ms(percentile(plain, 0.99))}; each query's median of ${pairs}; ours counts all matches too; WordNet definitions joined along links, ${words.toFixed(0)} words a page; ${(median(shared) * 10).toFixed(0)} of the 10 best are FTS5's too`,
    },
    {
      row: 8,
      name: `index: memory per 60,000 pages (measured with ${pages.toLocaleString('en')})`,
      ours: `${(per60k / 1e6).toFixed(1)} MB`,
      reference: 'none',
      ratio: per60k / bytesGoal,
      spread: [per60k / bytesGoal, per60k / bytesGoal],
      goal: '<= 80 MB (ratio to the goal <= 1)',
      met: per60k <= bytesGoal,
    },
  ];
}

function createOurs(text: readonly IndexedRow[]): { prepare: Prepare; bytes: number } {
  const builder = createIndexBuilder();
  for (const row of text) builder.add(row);
  const index = createInvertedIndex(builder.finish());
  return {
    bytes: index.bytes,
    prepare(words) {
      const terms = [...new Set(words.map(stem))].map((term) => ({ term, weight: 1 }));
      return () =>
        index.find({ query: '', terms, phrases: [], exclusions: [] }, 10, undefined).hits.map(({ doc }) => doc);
    },
  };
}

function timesOf(finds: readonly (() => unknown)[]): number[] {
  return finds.map((find) => {
    const begin = performance.now();
    find();
    return performance.now() - begin;
  });
}

/** The median of each query over the rounds: this is the cost of the query, without the other work of the machine. */
function typical(rounds: readonly (readonly number[])[]): number[] {
  return rounds[0]!.map((_, query) => median(rounds.map((times) => times[query]!)));
}

function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1]!;
}

function overlap(a: readonly number[], b: readonly number[]): number {
  return a.filter((number) => b.includes(number)).length / Math.max(1, a.length);
}

function ms(value: number): string {
  return `${value.toFixed(value < 1 ? 3 : 1)} ms`;
}
