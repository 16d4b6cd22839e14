import { LRUCache } from 'lru-cache';
import type { PageText, PartsResponse } from '../../../search/client-requests.ts';
import type { Data } from './data.ts';
import { type Wire, WireError } from './wire.ts';

/** A cached value. It may be used until the lease ends, or until a shard in `versions` has another version. */
interface Leased {
  readonly value: PartsResponse | PageText;
  readonly versions: Readonly<Record<string, string>>;
  /** On the clock of the client. */
  readonly endsAt: number;
}

/** The size of the cache: pages in cached parts, plus cached texts. */
const maxSize = 100_000;

/**
 * A cache of index parts and texts in front of the wire, with leases (Gray & Cheriton 1989). A lease is the server's
 * permission to use an answer for some time without asking. It begins when the request is sent, so it ends on the
 * client before it would end on the server. An invalidation comes with each answer: the answer names the version of
 * its shards, and the client drops what it has of another version. So a client never uses data that is older than one
 * lease, and a client that talks to the server uses no data that is known to be old.
 */
export function createLeasedData(wire: Pick<Wire, 'parts' | 'texts'>, now: () => number): Data {
  const cache = new LRUCache<string, Leased>({
    maxSize,
    sizeCalculation: ({ value }) =>
      'parts' in value ? 1 + value.parts.reduce((sum, { ids }) => sum + ids.length, 0) : 1,
  });

  function valid(key: string): Leased['value'] | undefined {
    const entry = cache.get(key);
    if (entry === undefined) return undefined;
    if (now() < entry.endsAt) return entry.value;
    cache.delete(key);
    return undefined;
  }

  /** Asks the server, and drops what its answer shows to be old. */
  async function ask<T extends { readonly versions: Readonly<Record<string, string>> }>(
    what: string,
    request: () => Promise<T>,
  ): Promise<T> {
    const answer = await request().catch((error: unknown) => {
      throw error instanceof WireError && error.code === 'unreachable'
        ? new WireError('unreachable', `${what} in the cache of this client, and the server does not answer.`)
        : error;
    });
    for (const [key, { versions }] of cache.entries())
      if (Object.entries(answer.versions).some(([shard, version]) => (versions[shard] ?? version) !== version))
        cache.delete(key);
    return answer;
  }

  return {
    async parts(term) {
      const key = `term ${term}`;
      const cached = valid(key);
      if (cached !== undefined) return cached as PartsResponse;
      const askedAt = now();
      const answer = await ask('A word of this search is not', () => wire.parts(term));
      const { leaseMs, ...value } = answer;
      cache.set(key, { value, versions: value.versions, endsAt: askedAt + leaseMs });
      return value;
    },

    async texts(ids) {
      const asked = new Set<string>();
      const fetched = new Map<string, PageText>();
      for (;;) {
        const texts = ids.map((id) => fetched.get(id) ?? (valid(`page ${id}`) as PageText | undefined));
        const missing = ids.filter((id, i) => texts[i] === undefined && !asked.has(id));
        if (missing.length === 0) return texts.filter((text) => text !== undefined);
        const askedAt = now();
        const { pages, versions, leaseMs } = await ask('Some of these pages are not', () => wire.texts(missing));
        for (const id of missing) asked.add(id);
        for (const page of pages) {
          fetched.set(page.id, page);
          cache.set(`page ${page.id}`, { value: page, versions, endsAt: askedAt + leaseMs });
        }
        // This answer may have invalidated a cached text. The next round asks for this text.
      }
    },
  };
}
