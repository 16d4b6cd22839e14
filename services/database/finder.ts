import { LRUCache } from 'lru-cache';
import { RpcError } from '../../shared/rpc/errors.ts';
import type { RequestOf, ResponseOf } from '../../shared/rpc/contract.ts';
import { scorer } from '../ranking/bm25f.ts';
import type { database } from './contract.ts';
import type { Found } from './index/inverted.ts';
import type { Shard } from './open.ts';
import { passageOf } from './passage.ts';
import type { Head } from './store.ts';

type FindRequest = RequestOf<(typeof database.operations)['find']>;
type FindResponse = ResponseOf<(typeof database.operations)['find']>;

export interface Finder {
  /** Throws `bad_request` where the statistics are not those of the plan. */
  readonly find: (request: FindRequest) => FindResponse;
}

/** Texts of pages that were found lately. */
const keptHeads = 2_000;

/** Finds candidates in the index and adds what readers see of them from the store. `onFound` sees what the index did. */
export function createFinder(shard: Shard, onFound: (found: Found) => void): Finder {
  const { index, store } = shard;
  const heads = new LRUCache<number, Head>({ max: keptHeads });

  function headOf(doc: number): Head {
    let head = heads.get(doc);
    if (head === undefined) {
      head = store.head(index.segment.numbers[doc]!);
      heads.set(doc, head);
    }
    return head;
  }

  return {
    find({ plan, size, statistics }) {
      if (statistics !== undefined && statistics.frequencies.length !== plan.terms.length) {
        throw new RpcError('bad_request', 'statistics.frequencies: one for each term of the plan');
      }
      const found = index.find(plan, size, statistics);
      onFound(found);
      const { upper } = scorer(plan.terms, statistics ?? found.statistics);
      const weights = new Map<string, number>();
      for (const [i, { term }] of plan.terms.entries()) weights.set(term, Math.max(weights.get(term) ?? 0, upper[i]!));
      const candidates = found.hits.map(({ doc, frequencies, lengths }) => {
        const { id, title, url, body } = headOf(doc);
        return {
          id,
          title,
          url,
          passage: passageOf(body, weights),
          frequencies,
          lengths,
          popularity: index.segment.popularity[doc]!,
        };
      });
      return { total: found.total, statistics: found.statistics, candidates };
    },
  };
}
