import type { Environment } from '../../shared/cluster/component.ts';
import type { Context } from '../../shared/rpc/context.ts';
import { sleep } from '../../shared/time/scheduler.ts';
import type { database } from '../database/contract.ts';
import { buildVocabulary, emptyVocabulary, type Vocabulary } from './vocabulary.ts';

/** A whole vocabulary is fetched in many parts: they may take their time, ms. */
const fetchTimeoutMs = 10_000;
/** Words in one part: a database node is busy with it for a few ms. */
const partSize = 5_000;
const firstRetryMs = 250;
const maxRetryMs = 10_000;
/** How often it is looked whether the corpus is another one now, ms. */
const refreshMs = 10_000;
/**
 * Finds nothing, but is answered with the statistics of the shard: they change with nearly every write, and cost no
 * large answer.
 */
const nothing = { query: '', terms: [], phrases: [], exclusions: [] };

export interface VocabularyKeeper {
  /** The latest one; empty before the first arrived. */
  readonly vocabulary: () => Vocabulary;
  readonly stop: () => void;
}

/**
 * Fetches every shard's words in the background: plans do not wait for them, only suggestions are missing until they
 * are there. Tries again with growing pauses; asks for the words again when a shard's statistics have changed, and
 * builds anew when its version has.
 */
export function keepVocabulary(environment: Environment<{ database: typeof database }>): VocabularyKeeper {
  const { upstream, topology, scheduler, log, metrics, newContext } = environment;
  const size = metrics.gauge('tierlab_query_vocabulary_words', 'Different words known for suggestions');
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
    vocabulary = buildVocabulary(parts);
    known.versions = versions;
    size.set(vocabulary.words.length);
    log.info({ words: vocabulary.words.length }, 'vocabulary is known');
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
    // The sleep ends with the signal: stopped.
  });
  return { vocabulary: () => vocabulary, stop: () => stopping.abort() };
}
