import { clientDepth } from '../../../search/limits.ts';
import type { Statistics } from '../../../search/find-result.ts';
import type { QueryPlan } from '../../../search/plan.ts';
import type { Ranked } from '../../../search/ranked.ts';
import type { SearchResults } from '../../../search/results.ts';
import { searchResults } from '../../../search/search-results.ts';
import { assembleSegment, type TermParts } from '../../database/index/assemble.ts';
import { createInvertedIndex, type Found } from '../../database/index/inverted-index.ts';
import { documentFrequency, postingList, type PostingList } from '../../database/index/posting-lists.ts';
import { finish } from '../../../shared/time/work.ts';
import { passageOf } from '../../database/passage.ts';
import { parse } from '../../query/parse.ts';
import { didYouMean } from '../../query/spelling.ts';
import type { Vocabulary } from '../../query/vocabulary.ts';
import { rankRequest } from '../../ranking/rank-request.ts';
import { rank } from '../../ranking/rank.ts';
import { type Application, type Asked, screenSize } from './application.ts';
import type { Data } from './data.ts';
import { screenfulOf } from './order.ts';
import { WireError } from './wire.ts';

/** A search whose best pages are known, without their texts. */
interface Searched {
  readonly q: string;
  readonly plan: QueryPlan;
  readonly suggestion: string | undefined;
  readonly ids: readonly string[];
  readonly found: Found;
  readonly ranked: readonly Ranked[];
  readonly statistics: Statistics;
}

/** The most rounds of requests. When the parts have different versions, the next round requests all of them again. */
const maxRounds = 3;

/**
 * The whole application on the client. The server is only the data tier: it sends parts of the index and texts.
 *
 *     query --> plan --> parts of each term, in turn --> index --> ranking --> texts of the pages shown --> results
 */
export function createWholeApplication(data: Data, vocabulary: () => Vocabulary): Pick<Application, 'search'> {
  let last: Searched | undefined;

  async function searchAnew(q: string): Promise<Searched> {
    const { plan, words } = parse(q);
    const suggestion = didYouMean(vocabulary(), q, words);
    const terms = await partsOf(data, plan);
    const { segment, ids } = assembleSegment(terms);
    const frequencyOf = (list: PostingList) => finish(documentFrequency(segment, list));
    const lists = plan.terms.map((term, i) => postingList(segment, term, i));
    const statistics = { ...corpusOf(terms), frequencies: lists.map(frequencyOf) };
    const found = createInvertedIndex(segment).find(plan, clientDepth, statistics);
    const candidates = found.hits.map(({ doc, frequencies, lengths }) => ({
      id: ids[doc]!,
      title: '',
      url: '',
      passage: '',
      frequencies,
      lengths,
      popularity: segment.popularity[doc]!,
    }));
    const search = { q, page: 1, size: clientDepth, explain: false };
    const ranked =
      candidates.length === 0 ? [] : rank(rankRequest(search, plan, { total: found.total, statistics, candidates }));
    return { q, plan, suggestion, ids, found, ranked, statistics };
  }

  async function show(searched: Searched, asked: Asked): Promise<SearchResults> {
    const from = (asked.page - 1) * screenSize;
    // The order of titles needs all titles.
    const shown = asked.order === 'title' ? searched.ranked : searched.ranked.slice(from, from + screenSize);
    const texts = shown.length === 0 ? [] : await data.texts(shown.map(({ id }) => id));
    const all = withTexts(searched, shown, texts);
    return asked.order === 'title' ? screenfulOf(all, asked) : { ...all, page: asked.page, size: screenSize };
  }

  return {
    async search(asked, isNew) {
      if (!isNew && last?.q === asked.q) return show(last, asked);
      const searched = await searchAnew(asked.q);
      const results = await show(searched, asked);
      last = searched;
      return results;
    },
  };
}

/** The parts of every term of the plan, all of one version of the data. */
async function partsOf(data: Data, plan: QueryPlan): Promise<TermParts[]> {
  const phrases = [...plan.phrases, ...plan.exclusions];
  const terms = new Set([...plan.terms.map(({ term }) => term), ...phrases.flatMap((phrase) => phrase.terms)]);
  for (let round = 1; round <= maxRounds; round++) {
    const found: TermParts[] = [];
    const versions = new Set<string>();
    for (const term of terms) {
      const answer = await data.parts(term);
      versions.add(JSON.stringify(answer.versions));
      found.push({ term, parts: answer.parts });
    }
    if (versions.size <= 1) return found;
  }
  throw new WireError('conflict', 'The data kept changing during the search. Search again.');
}

/** Every part holds the statistics of its shard, and each term has a part of every shard. */
function corpusOf([first]: readonly TermParts[]): Pick<Statistics, 'documents' | 'fieldLengths'> {
  const parts = first?.parts ?? [];
  return {
    documents: parts.reduce((sum, part) => sum + part.documents, 0),
    fieldLengths: [0, 1, 2].map((field) => parts.reduce((sum, part) => sum + part.fieldLengths[field]!, 0)),
  };
}

/** The results of `shown`, without pages that the data tier no longer has. */
function withTexts(
  { q, plan, suggestion, ids, found, statistics }: Searched,
  shown: readonly Ranked[],
  texts: Awaited<ReturnType<Data['texts']>>,
): SearchResults {
  const textOf = new Map(texts.map((text) => [text.id, text]));
  const hitOf = new Map(found.hits.map((hit) => [ids[hit.doc]!, hit]));
  const candidates = shown.flatMap(({ id }) => {
    const [text, hit] = [textOf.get(id), hitOf.get(id)];
    if (text === undefined || hit === undefined) return [];
    const { title, url, body } = text;
    const { frequencies, lengths } = hit;
    return [{ id, title, url, passage: passageOf(found, hit, body), frequencies, lengths, popularity: 0 }];
  });
  const there = new Set(candidates.map(({ id }) => id));
  return searchResults(
    { q, page: 1, size: clientDepth, explain: false },
    plan,
    suggestion,
    { total: found.total, statistics, candidates },
    shown.filter(({ id }) => there.has(id)),
  );
}
