import { pagerank, popularities } from '../search/pagerank.ts';
import { CorpusError, throwIfCancelled } from './errors.ts';
import { collectGraph, type Graph } from './graph.ts';
import type { OnProgress } from './progress.ts';
import type { CorpusTable } from './shard-job.ts';
import { openSources, type CorpusSources } from './sources.ts';
import { wordNetPageCount } from './wordnet.ts';

interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/**
 * Reads the whole corpus: its pages, their links, and the popularity that follows from them. Throws CorpusError
 * `nothing_valid` when there are no pages.
 */
export async function readCorpus(
  dataDir: string,
  sources: CorpusSources,
  { signal, onProgress }: ReadOptions,
): Promise<{ graph: Graph; table: CorpusTable }> {
  const total = sources.imports.reduce((sum, entry) => sum + entry.pages, sources.default ? wordNetPageCount : 0);
  const onRead = (done: number) => onProgress?.({ phase: 'read', done, total });
  const graph = await collectGraph(openSources(dataDir, sources), { signal, onRead });
  if (graph.ids.length === 0)
    throw new CorpusError(
      'nothing_valid',
      'The corpus has no pages. Import some, or return to WordNet with "tierlab import --reset".',
    );

  onProgress?.({ phase: 'rank', done: 0, total: 1 });
  const popularity = popularities(pagerank(graph.ids.length, graph.from, graph.to));
  onProgress?.({ phase: 'rank', done: 1, total: 1 });
  throwIfCancelled(signal);
  const table = {
    ids: JSON.stringify(graph.ids),
    titles: JSON.stringify(graph.titles),
    sourceOf: inSharedMemory(graph.sourceOf, Uint16Array),
    popularity: inSharedMemory(popularity, Float64Array),
  };
  return { graph, table };
}

/** Copies an array into memory that workers share, so that sending it copies nothing. */
function inSharedMemory<A extends Uint16Array | Float64Array>(
  numbers: A,
  type: { new (buffer: SharedArrayBuffer): A; BYTES_PER_ELEMENT: number },
): A {
  const copy = new type(new SharedArrayBuffer(numbers.length * type.BYTES_PER_ELEMENT));
  copy.set(numbers);
  return copy;
}
