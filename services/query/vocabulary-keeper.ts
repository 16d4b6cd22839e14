import type { Environment } from '../../shared/cluster/component.ts';
import type { Context } from '../../shared/rpc/context.ts';
import { sleep } from '../../shared/time/scheduler.ts';
import type { database } from '../database/contract.ts';
import { emptyVocabulary, vocabularyInPieces, type Vocabulary, type WordCounts } from './vocabulary.ts';

/** The timeout of fetching a whole vocabulary, ms. It is long, because there are many parts. */
const fetchTimeoutMs = 10_000;
/** The words in one part. A part keeps a database node busy for a few ms. */
const partSize = 5_000;
const firstRetryMs = 250;
const maxRetryMs = 10_000;
/** The interval between two checks whether the corpus has changed, ms. */
const refreshMs = 10_000;
/**
 * A plan that finds nothing. The answer is small and has the statistics of the shard, which change with nearly every
 * write.
 */
const nothing = { query: '', terms: [], phrases: [], exclusions: [] };

export interface VocabularyKeeper {
  /** The latest vocabulary; empty until the first has arrived. */
  readonly vocabulary: () => Vocabulary;
  readonly stop: () => void;
}

/**
 * Fetches the words of every shard in the background. Planning does not wait for them; until they arrive, there are no
 * suggestions. After a failure it retries with increasing pauses. It fetches the words again when a shard's statistics
 * have changed. If the fetched words have the versions of the present vocabulary, this vocabulary stays.
 */
export function keepVocabulary(environment: Environment<{ database: typeof database }>): VocabularyKeeper {
  const { upstream, topology, scheduler, log, metrics, newContext } = environment;
  const size = metrics.gauge('tierlab_query_vocabulary_words', 'Different words known for suggestions').labels();
  const stopping = new AbortController();
  let vocabulary = emptyVocabulary;
  const known = { statistics: '', versions: '' };

  async function refresh(): Promise<void> {
    const shards = Array.from({ length: topology.shards }, (_, i) => ({ shard: i + 1 }));
    const context = newContext(fetchTimeoutMs);
    const found = await Promise.all(
      shards.map((shard) => upstream.database.find({ plan: nothing, size: 1 }, context, shard)),
    );
    const statistics = JSON.stringify(found.map((part) => part.statistics));
    if (statistics === known.statistics) return;
    const parts = await Promise.all(shards.map((shard) => wordsOf(shard, context)));
    known.statistics = statistics;
    const versions = JSON.stringify(parts.map(({ version }) => version));
    if (versions === known.versions) return;
    vocabulary = await built(parts);
    known.versions = versions;
    size.set(vocabulary.words.length);
    log.info({ words: vocabulary.words.length }, 'the vocabulary has arrived');
  }

  /** Searches run between the pieces. */
  async function built(parts: readonly WordCounts[]): Promise<Vocabulary> {
    const work = vocabularyInPieces(parts);
    for (;;) {
      const piece = work.next();
      if (piece.done === true) return piece.value;
      await sleep(scheduler, 0, stopping.signal);
    }
  }

  async function wordsOf(shard: { shard: number }, context: Context) {
    const words: string[] = [];
    const documents: number[] = [];
    for (;;) {
      const part = await upstream.database.vocabulary({ after: words.at(-1) ?? '', size: partSize }, context, shard);
      for (const word of part.words) words.push(word);
      for (const count of part.documents) documents.push(count);
      if (part.words.length < partSize) return { version: part.version, words, documents };
    }
  }

  async function keep(): Promise<void> {
    let retryMs = firstRetryMs;
    while (!stopping.signal.aborted) {
      let pauseMs = refreshMs;
      try {
        await refresh();
        retryMs = firstRetryMs;
      } catch (error) {
        log.debug({ err: error }, 'no vocabulary yet');
        pauseMs = retryMs;
        retryMs = Math.min(maxRetryMs, retryMs * 2);
      }
      await sleep(scheduler, pauseMs, stopping.signal);
    }
  }

  keep().catch(() => {
    // `stop` aborts the sleep, which then rejects.
  });
  return { vocabulary: () => vocabulary, stop: () => stopping.abort() };
}
