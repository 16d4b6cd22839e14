import { wordNetPages } from '../../../corpus/wordnet.ts';
import type { IndexedRow } from '../../../services/database/store.ts';
import { analyse } from '../../../search/text/analysis.ts';
import { isStopWord } from '../../../search/text/stop-words.ts';
import { seededRandom, type Random } from '../../../shared/time/random.ts';

/** This length makes pages of about 100 words on average. */
const wantedCharacters = 540;

/** `pagesOfText` as an array. */
export function linkedGlosses(count: number): IndexedRow[] {
  return [...pagesOfText(count)];
}

/**
 * Real text of about 100 words a page. A page is a WordNet definition with its examples, followed by those that it
 * links to, breadth first, until the page is long enough. After all 117,791 definitions, the walk starts again and
 * takes the links in reverse. Then the real text is used up, and each further page joins definitions that are drawn at
 * random.
 */
export function* pagesOfText(count: number): Generator<IndexedRow> {
  const pages = [...wordNetPages()];
  const byId = new Map(pages.map((page) => [page.id, page]));
  const order = shuffled(pages, seededRandom('order of the bench pages'));
  const random = seededRandom('recombined definitions');
  for (let number = 0; number < count; number++) {
    const first = order[number % order.length]!;
    const walk = Math.floor(number / order.length);
    const seen = new Set([first]);
    const glosses: string[] = [];
    let length = 0;
    for (const page of seen) {
      glosses.push(page.body);
      length += page.body.length;
      if (length >= wantedCharacters) break;
      if (walk > 1) seen.add(order[Math.floor(random.next() * order.length)]!);
      else
        for (const { id } of walk === 1 ? page.links.toReversed() : page.links)
          if (seen.size < 200) seen.add(byId.get(id) ?? page);
    }
    // Few pages are popular, as in a real data set.
    const popularity = (((number * 31) % 1_000) / 1_000) ** 6;
    yield { number, title: first.title, keywords: first.keywords, body: glosses.join('. '), popularity };
  }
}

/**
 * Queries of 2 to 4 different words. All words of a query are from one page, so that they are related. Frequent words
 * are as frequent as in the text. Stop words are left out, as the query generator leaves them out, unless `stopWords`
 * is true.
 */
export function queriesFrom(rows: readonly IndexedRow[], count: number, random: Random, stopWords = false): string[][] {
  const queries: string[][] = [];
  while (queries.length < count) {
    const row = rows[Math.floor(random.next() * rows.length)]!;
    const words = [...new Set(analyse(row.body).words)].filter(
      (word) => /^[a-z]+$/.test(word) && (stopWords || !isStopWord(word)),
    );
    if (words.length >= 4) queries.push(shuffled(words, random).slice(0, 2 + Math.floor(random.next() * 3)));
  }
  return queries;
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const all = [...items];
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(random.next() * (i + 1));
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all;
}
