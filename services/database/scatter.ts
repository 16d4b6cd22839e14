import { LRUCache } from 'lru-cache';
import type { Context } from '../../shared/rpc/context.ts';
import type { RequestOf, ResponseOf } from '../../shared/rpc/contract.ts';
import type { Upstream } from '../../shared/rpc/upstream.ts';
import type { PlannedTerm } from '../../search/plan.ts';
import type { database } from './contract.ts';
import type { FindResult, Statistics } from '../../search/find-result.ts';

type Database = Pick<Upstream<typeof database>, 'find'>;
type Part = ResponseOf<(typeof database.operations)['find']>;
export type FindRequest = Omit<RequestOf<(typeof database.operations)['find']>, 'statistics'>;

/** A caller remembers the frequencies of at most this many terms, about 100 bytes each. */
const rememberedTerms = 50_000;
/** Each round learns the current statistics. More than two rounds are needed only while writes keep changing them. */
const maxRounds = 3;

/** The statistics of all shards that a caller remembers. */
interface Belief {
  totals: Pick<Statistics, 'documents' | 'fieldLengths'> | undefined;
  readonly frequencies: LRUCache<string, number>;
}

/** A belief lives as long as the upstream from which it was learnt. */
const beliefs = new WeakMap<Database, Belief>();

/**
 * Asks every shard in parallel and merges the answers. The candidates include the best `size` pages of the whole
 * corpus.
 *
 * A shard can choose its best pages only when it knows the statistics of all shards: which words are rare, how long
 * pages are. To ask for them first would cost a round trip for each search. So the caller sends the statistics that it
 * remembers, and each shard answers with its own current statistics. Their sum shows whether the belief was true. It
 * nearly always is, and one round is enough. If it was false, the caller asks again, with the true statistics. It asks
 * only the shards that had more matches than they sent.
 *
 *     caller                 shard 1           shard 2
 *       |-- dog is on 70? ---->|----------------->|
 *       |<- 40 here, best 10 --|<- 32 here, 10 ---|      72: not 70
 *       |-- dog is on 72 ----->|----------------->|
 *       |<- 40 here, best 10 --|<- 32 here, 10 ---|      72: true
 */
export async function findAcrossShards(
  database: Database,
  shards: number,
  request: FindRequest,
  context: Context,
  given?: Statistics,
): Promise<FindResult> {
  const belief = beliefOf(database);
  const ask = (shard: number, statistics: Statistics | undefined) =>
    database.find({ ...request, ...(statistics === undefined ? {} : { statistics }) }, context, { shard });

  // A single shard knows all statistics.
  let believed = shards === 1 ? undefined : (given ?? recall(belief, request.plan.terms));
  let parts = await Promise.all(Array.from({ length: shards }, (_, i) => ask(i + 1, believed)));
  for (let round = 1; ; round++) {
    const truth = sum(parts);
    learn(belief, request.plan.terms, truth);
    // A shard that sent all its matches is complete, whatever statistics it used.
    const usedTruth = shards === 1 || (believed !== undefined && same(believed, truth));
    const again = parts.map((part) => !usedTruth && part.candidates.length < part.total);
    if (round === maxRounds || !again.includes(true)) {
      const total = parts.reduce((count, part) => count + part.total, 0);
      return { total, statistics: truth, candidates: parts.flatMap((part) => part.candidates) };
    }
    believed = truth;
    parts = await Promise.all(parts.map(async (part, i) => (again[i] === true ? ask(i + 1, truth) : part)));
  }
}

const beliefOf = (database: Database): Belief =>
  beliefs.getOrInsertComputed(database, () => {
    return { totals: undefined, frequencies: new LRUCache({ max: rememberedTerms }) };
  });

/**
 * The remembered statistics of these terms. Undefined when one term is unknown, because the shards need the statistics
 * of all terms.
 */
function recall(belief: Belief, terms: readonly PlannedTerm[]): Statistics | undefined {
  if (belief.totals === undefined) return undefined;
  const frequencies: number[] = [];
  for (const term of terms) {
    const frequency = belief.frequencies.get(keyOf(term));
    if (frequency === undefined) return undefined;
    frequencies.push(frequency);
  }
  return { ...belief.totals, frequencies };
}

function learn(
  belief: Belief,
  terms: readonly PlannedTerm[],
  { documents, fieldLengths, frequencies }: Statistics,
): void {
  belief.totals = { documents, fieldLengths };
  for (const [i, term] of terms.entries()) belief.frequencies.set(keyOf(term), frequencies[i]);
}

function keyOf({ term, field }: PlannedTerm): string {
  return `${field ?? ''}:${term}`;
}

function sum(parts: readonly Part[]): Statistics {
  const add = (numbers: (part: Part) => readonly number[]) =>
    numbers(parts[0]!).map((_, i) => parts.reduce((total, part) => total + (numbers(part)[i] ?? 0), 0));
  return {
    documents: parts.reduce((total, part) => total + part.statistics.documents, 0),
    fieldLengths: add((part) => part.statistics.fieldLengths),
    frequencies: add((part) => part.statistics.frequencies),
  };
}

function same(a: Statistics, b: Statistics): boolean {
  return (
    a.documents === b.documents &&
    a.fieldLengths.every((length, i) => length === b.fieldLengths[i]) &&
    a.frequencies.every((frequency, i) => frequency === b.frequencies[i])
  );
}
