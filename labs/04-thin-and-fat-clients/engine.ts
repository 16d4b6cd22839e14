import { createInvertedIndex } from '../../services/database/index/inverted-index.ts';
import { createIndexBuilder } from '../../services/database/index/builder.ts';
import { indexPartOf } from '../../services/database/index/part.ts';
import { finish } from '../../shared/time/work.ts';
import { passageOf } from '../../services/database/passage.ts';
import { complete } from '../../services/query/completion.ts';
import { parse } from '../../services/query/parse.ts';
import { didYouMean } from '../../services/query/spelling.ts';
import { buildVocabulary } from '../../services/query/vocabulary.ts';
import { rankRequest } from '../../services/ranking/rank-request.ts';
import { rank } from '../../services/ranking/rank.ts';
import { type Below, createService, type WireService } from '../../services/client/placements/server/service.ts';
import { candidatesFor } from '../../search/candidates.ts';
import { clientDepth } from '../../search/limits.ts';
import { searchResults } from '../../search/search-results.ts';
import { labPages } from '../kit/pages.ts';

interface LabPage {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly keywords: readonly string[];
}

const version = 'lab';

/** The server of the placements with the tiers of the system in this process: functions, no network, one shard. */
export function createEngine(): WireService {
  const pages = labPages()
    .split('\n')
    .map((line) => JSON.parse(line) as LabPage)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const builder = createIndexBuilder();
  for (const [number, page] of pages.entries())
    builder.add({ number, ...page, names: undefined, category: undefined, popularity: 0 });
  const index = createInvertedIndex(builder.finish());
  const counts = [...builder.vocabulary()].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const [words, documents] = [counts.map(([word]) => word), counts.map(([, count]) => count)];
  const vocabulary = buildVocabulary([{ words, documents }]);
  const textOf = ({ id, title, body }: LabPage) => ({ id, title, url: `/page/${id}`, body });

  function find(q: string, size: number) {
    const { plan, words: typed } = parse(q);
    const suggestion = didYouMean(vocabulary, q, typed);
    const found = index.find(plan, size, undefined);
    const candidates = found.hits.map((hit) => {
      const { body, ...rest } = textOf(pages[hit.doc]!);
      const { frequencies, lengths } = hit;
      return { ...rest, passage: passageOf(found, hit, body), frequencies, lengths, popularity: 0 };
    });
    const { total, statistics } = found;
    return { plan, ...(suggestion !== undefined && { suggestion }), found: { total, statistics, candidates } };
  }

  const below: Below = {
    async search({ search }) {
      const { plan, suggestion, found } = find(search.q, candidatesFor(search));
      const ranked = rank(rankRequest(search, plan, found));
      return { results: searchResults(search, plan, suggestion, found, ranked), tookMs: 0 };
    },
    suggest: async ({ prefix, size }) => ({ suggestions: complete(vocabulary, prefix, size) }),
    candidates: async ({ q }) => find(q, clientDepth),
    parts: async ({ term }) => ({
      parts: [finish(indexPartOf(index.segment, term, (number) => pages[number]!.id))],
      versions: { 1: version },
    }),
    texts: async ({ ids }) => ({
      pages: pages.filter(({ id }) => ids.includes(id)).map(textOf),
      versions: { 1: version },
    }),
    words: async ({ from }) => ({ total: words.length, words: words.slice(from), documents: documents.slice(from) }),
  };
  let sessions = 0;
  return createService(below, () => `session-${++sessions}`);
}
