import type { Environment } from '../../shared/cluster/component.ts';
import { sleep } from '../../shared/time/scheduler.ts';
import type { database } from '../database/contract.ts';
import { buildVocabulary, emptyVocabulary, type Vocabulary } from './vocabulary.ts';

/** A whole vocabulary is a large answer: it may take its time, ms. */
const fetchTimeoutMs = 10_000;
const firstRetryMs = 250;
const maxRetryMs = 10_000;
/** How often it is looked whether the corpus is another one now, ms. */
const refreshMs = 10_000;
/** Finds nothing, but is answered with the statistics of the shard: they change with nearly every write, and cost no large answer. */
const nothing = { query: '', terms: [], phrases: [], exclusions: [] };

export interface VocabularyKeeper {
  /** The latest one; empty before the first arrived. */
  readonly vocabulary: () => Vocabulary;
  readonly stop: () => void;
}

/**
 * Fetches every shard's words in the background: plans do not wait for them, only suggestions are missing until they are there.
 * Tries again with growing pauses; asks for the words again when a shard's statistics have changed, and builds anew when its version has.
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
    const parts = await Promise.all(shards.map((shard) => upstream.database.vocabulary({}, context, shard)));
    known.statistics = statistics;
    const versions = JSON.stringify(parts.map(({ version }) => version));
    if (versions === known.versions) return;
    vocabulary = buildVocabulary(parts);
    known.versions = versions;
    size.set(vocabulary.words.length);
    log.info({ words: vocabulary.words.length }, 'vocabulary is known');
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
