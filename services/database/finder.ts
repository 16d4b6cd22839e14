import { LRUCache } from 'lru-cache';
import { invariant } from '../../shared/invariant.ts';
import { RpcError } from '../../shared/rpc/errors.ts';
import type { RequestOf, ResponseOf } from '../../shared/rpc/contract.ts';
import type { database } from './contract.ts';
import type { Found } from './index/inverted-index.ts';
import type { Work } from '../../shared/time/work.ts';
import type { Shard } from './open.ts';
import { isOwnPassage, passageAt, passageReach } from './passage.ts';
import type { PageHead } from './store.ts';

type FindRequest = RequestOf<(typeof database.operations)['find']>;
type FindResponse = ResponseOf<(typeof database.operations)['find']>;

export interface Finder {
  /** Works in pieces (shared/time/work.ts). Throws `bad_request` when the statistics do not fit the plan. */
  readonly find: (request: FindRequest) => Work<FindResponse>;
}

/** The cost of reading a page's text and cutting its passage, in steps of the index. */
const candidateSteps = 2_000;

/** The cache holds at most this many characters of recently found pages, 2 bytes each at most. */
const keptCharacters = 2_000_000;

/**
 * Finds candidates in the index and adds their titles and passages from the store. `onFound` gets the counts of the
 * index search. `isOwn` returns true for a page of this shard.
 */
export function createFinder(
  shard: Shard,
  onFound: (found: Found) => void,
  isOwn: (id: string) => boolean = () => true,
): Finder {
  const { index, store } = shard;
  const heads = new LRUCache<number, PageHead>({
    maxSize: keptCharacters,
    sizeCalculation: ({ body, title, url }) => 100 + body.length + title.length + url.length,
  });

  function headOf(doc: number): PageHead {
    let head = heads.get(doc);
    if (head === undefined) {
      const { body, ...rest } = store.head(index.segment.numbers[doc]!);
      head = { ...rest, body: isOwnPassage(body) ? passageAt(body, 0) : body };
      heads.set(doc, head);
    }
    return head;
  }

  return {
    *find({ plan, size, statistics }) {
      if (statistics !== undefined && statistics.frequencies.length !== plan.terms.length) {
        throw new RpcError('bad_request', 'statistics.frequencies must have one number for each term of the plan');
      }
      const found = yield* index.findInPieces(plan, size, statistics);
      onFound(found);
      invariant(
        found.hits.length <= Math.min(size, found.total),
        'database.count',
        () => `${found.hits.length} of ${found.total} hits, ${size} were wanted`,
      );
      const candidates: FindResponse['candidates'] = [];
      for (const hit of found.hits) {
        const { doc, frequencies, lengths } = hit;
        const { id, title, url, body } = headOf(doc);
        invariant(isOwn(id), 'database.shard', () => `page ${id} belongs to another shard`);
        const passage = isOwnPassage(body) ? body : passageAt(body, yield* found.placeInBody(hit, body, passageReach));
        candidates.push({ id, title, url, passage, frequencies, lengths, popularity: index.segment.popularity[doc]! });
        yield candidateSteps;
      }
      return { total: found.total, statistics: found.statistics, candidates, version: store.version };
    },
  };
}
