import { checkPage } from '../../../corpus/check-page.ts';
import { extract } from '../../../corpus/crawl/extract.ts';
import { parse } from '../../../services/query/parse.ts';
import { markTerms } from '../../../services/html/highlight.ts';
import { ranked, shardedSearch } from '../database/sharded.ts';

export interface GivenPage {
  readonly id: string;
  readonly title?: string;
  readonly body?: string;
  readonly keywords?: readonly string[];
  readonly names?: readonly string[];
}

/** Pages as a user imports them, searched over two shards with what the query generator plans. */
export async function engineWith(given: readonly GivenPage[]) {
  const pages = given.map((page) => {
    const checked = checkPage({ title: `page ${page.id}`, ...page });
    if (!('page' in checked)) throw new Error(checked.wrong);
    return { ...checked.page, ...(page.names && { names: page.names }), popularity: 0 };
  });
  const search = await shardedSearch(pages, 2);
  const candidates = async (q: string) => {
    const { plan } = parse(q);
    const found = await search.find(plan, 50);
    return { plan, found, order: ranked(plan, 50, found).ranked.map(({ id }) => id) };
  };
  return {
    /** Ids of the pages found, best first. */
    find: async (q: string) => (await candidates(q)).order,
    /** What is marked in the passage of the best page. */
    async marked(q: string) {
      const { plan, found, order } = await candidates(q);
      const { passage } = found.candidates.find(({ id }) => id === order[0])!;
      const terms = new Set(plan.terms.map(({ term }) => term));
      return markTerms(passage, terms)
        .filter(({ marked }) => marked)
        .map(({ text }) => text);
    },
  };
}

/** A page as the crawler takes it from HTML. */
export function crawled(id: string, html: string): GivenPage {
  const { text, keywords } = extract(html);
  return { id, body: text, keywords };
}
