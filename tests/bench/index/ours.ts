import { createIndexBuilder } from '../../../services/database/index/builder.ts';
import { createInvertedIndex } from '../../../services/database/index/inverted-index.ts';
import type { IndexedRow } from '../../../services/database/store.ts';
import { stem } from '../../../search/text/words.ts';

/**
 * Prepares a query and returns its search. For our index, the preparation is the work of the query generator, which
 * another node does.
 */
type Prepare = (words: readonly string[]) => () => readonly number[];

export function createOurs(text: Iterable<IndexedRow>): { prepare: Prepare; bytes: number } {
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

export function timesOf(finds: readonly (() => unknown)[]): number[] {
  return finds.map((find) => {
    const begin = performance.now();
    find();
    return performance.now() - begin;
  });
}

export function ms(value: number): string {
  return `${value.toFixed(value < 1 ? 3 : 1)} ms`;
}
