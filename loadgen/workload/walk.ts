import type { Random } from '../../shared/time/random.ts';
import { pageRequest, searchQueries, searchRequest, suggestRequest } from './queries.ts';
import type { Session } from './request.ts';
import type { WeightedWords } from './spec.ts';
import type { Workload } from './workload.ts';
import { zipf } from './zipf.ts';

interface Found {
  results?: { id?: unknown }[];
  links?: { id?: unknown }[];
}

/**
 * A user who looks for something: suggestions while typing, a search, sometimes the second page of results, and a
 * result. Then the user follows links to further pages. The user reads at most `depth` pages, and the result is the
 * first of them. There is an exponential pause between two steps.
 */
export function walkWorkload(spec: { thinkMs: number; depth: number } & WeightedWords, random: Random): Workload {
  const { words, depth } = spec;
  const law = zipf(words.length, spec.skew);
  const ranks = new Float64Array(words.length);
  const queries = searchQueries(words);
  const pause = () => ({ thinkMs: -Math.log(1 - random.next()) * spec.thinkMs });

  function pick(found: { id?: unknown }[] | undefined): string | undefined {
    const ids = (Array.isArray(found) ? found : []).map((item) => item.id).filter((id) => typeof id === 'string');
    return ids[Math.floor(random.next() * ids.length)];
  }

  function* walk(): Session {
    const rank = law.draw(random);
    ranks[rank - 1] = (ranks[rank - 1] ?? 0) + 1;
    const query = queries[rank - 1] ?? '';
    yield suggestRequest(words[rank - 1] ?? '');
    yield pause();
    let answer = yield searchRequest(query);
    if (random.next() < 0.3) {
      yield pause();
      answer = yield searchRequest(query, 2);
    }
    let id = pick((answer?.json() as Found | undefined)?.results);
    for (let step = 0; id !== undefined && step < depth; step++) {
      yield pause();
      const page = yield pageRequest(id);
      id = pick((page?.json() as Found | undefined)?.links);
    }
  }

  return {
    ranks,
    known: () => [...queries.map((query) => searchRequest(query)), ...words.map(suggestRequest)],
    source: { kind: 'sessions', start: walk },
  };
}
