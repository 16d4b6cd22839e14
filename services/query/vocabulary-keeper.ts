import type { Environment } from '../../shared/cluster/component.ts';
import { sleep } from '../../shared/time/scheduler.ts';
import type { database } from '../database/contract.ts';
import { buildVocabulary, emptyVocabulary, type Vocabulary } from './vocabulary.ts';

/** A whole vocabulary is a large answer: it may take its time, ms. */
const fetchTimeoutMs = 10_000;
const firstRetryMs = 250;
const maxRetryMs = 10_000;
/** How often it is looked whether the corpus has other words now, ms. */
const refreshMs = 300_000;

export interface VocabularyKeeper {
  /** The latest one; empty before the first arrived. */
  readonly vocabulary: () => Vocabulary;
  readonly stop: () => void;
}

/**
 * Fetches every shard's words in the background: plans do not wait for them, only suggestions are missing until they are there.
 * Tries again with growing pauses; builds anew only when a shard's version has changed.
 */
export function keepVocabulary(environment: Environment<{ database: typeof database }>): VocabularyKeeper {
  const { upstream, topology, scheduler, log, metrics, newContext } = environment;
  const size = metrics.gauge('tierlab_query_vocabulary_words', 'Different words known for suggestions');
  const stopping = new AbortController();
  let vocabulary = emptyVocabulary;
  let versions = '';

  async function refresh(): Promise<void> {
    const shards = Array.from({ length: topology.shards }, (_, i) => i + 1);
    const context = newContext(fetchTimeoutMs);
    const parts = await Promise.all(shards.map((shard) => upstream.database.vocabulary({}, context, { shard })));
    const seen = parts.map(({ version }) => version).join(' ');
    if (seen === versions) return;
    vocabulary = buildVocabulary(parts);
    versions = seen;
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
