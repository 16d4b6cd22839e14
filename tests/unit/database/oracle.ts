import { expect } from 'vitest';
import type { Statistics } from '../../../search/find-result.ts';
import type { SourcePage } from '../../../search/source-page.ts';
import { analyse } from '../../../search/text/analysis.ts';
import { fields } from '../../../search/fields.ts';
import type { QueryPlan, PlannedPhrase, PlannedTerm } from '../../../search/plan.ts';
import { scorer } from '../../../search/bm25f.ts';

interface Text {
  readonly terms: readonly string[];
  readonly positions: readonly number[];
  /** "term position" */
  readonly at: ReadonlySet<string>;
}

/** The length of the shortest name that holds a term, and its counts. */
type Counts = readonly [name: number, keywords: number, body: number];
const none: Counts = [0, 0, 0];

/** A page as the naive search sees it: for each field its texts, one for each keyword. */
interface ReadPage {
  readonly page: SourcePage;
  readonly texts: readonly (readonly Text[])[];
  readonly counts: ReadonlyMap<string, Counts>;
  readonly lengths: Counts;
}

export interface Answer {
  readonly total: number;
  readonly statistics: Statistics;
  readonly ranked: readonly { readonly id: string; readonly score: number }[];
}

/** Equal to the last bit. Text compares faster than objects; the objects tell what is different. */
export function expectSame(answer: unknown, expected: unknown, plan: QueryPlan): void {
  if (JSON.stringify(answer) !== JSON.stringify(expected)) expect(answer, JSON.stringify(plan)).toEqual(expected);
}

export type Oracle = (plan: QueryPlan, size: number) => Answer;

/** Searches by looking at every page for every query: one node, no index, nothing skipped. */
export function createOracle(pages: readonly SourcePage[]): Oracle {
  const read = pages.map(readPage);
  const fieldLengths = [0, 1, 2].map((field) => read.reduce((sum, page) => sum + page.lengths[field]!, 0));
  return function search(plan, size) {
    const found = read.map((page) => plan.terms.map((term) => countsOf(page, term)));
    const statistics: Statistics = {
      documents: read.length,
      fieldLengths,
      frequencies: plan.terms.map((_, i) => found.reduce((sum, counts) => sum + (isIn(counts[i]!) ? 1 : 0), 0)),
    };
    const { term, total } = scorer(plan.terms, statistics);
    const ranked: { id: string; score: number }[] = [];
    for (const [number, page] of read.entries()) {
      const counts = found[number]!;
      if (!counts.some(isIn) || !plan.phrases.every((phrase) => holds(page, phrase))) continue;
      if (plan.exclusions.some((phrase) => holds(page, phrase))) continue;
      let relevance = 0;
      for (const [i, inFields] of counts.entries()) relevance += term(i, ...inFields, page.lengths[1], page.lengths[2]);
      ranked.push({ id: page.page.id, score: total(relevance, page.page.popularity) });
    }
    ranked.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
    return { total: ranked.length, statistics, ranked: ranked.slice(0, size) };
  };
}

function readPage(page: SourcePage): ReadPage {
  const names = page.names ?? [page.title];
  const texts = [names, page.keywords, [page.body]].map((field) =>
    field.map((text) => {
      const { terms, positions } = analyse(text);
      return { terms, positions, at: new Set(terms.map((term, i) => `${term} ${positions[i]}`)) };
    }),
  );
  const counts = new Map<string, [number, number, number]>();
  for (const [i, name] of names.entries()) {
    const { terms, words } = analyse(name);
    const later = i === 0 ? 0 : 0.25;
    const hold = (term: string, length: number) => {
      const known = counts.get(term)?.[0] ?? 0;
      counts.set(term, [known === 0 ? length : Math.min(known, length), 0, 0]);
    };
    for (const term of terms) hold(term, Math.min(terms.length, 31) + later);
    if (words.length > 0 && words.length <= 16) hold(`=${words.join(' ')}`, 1 + later);
  }
  if (page.category !== undefined) counts.set(`#${analyse(page.category).words.join(' ')}`, [0, 1, 0]);
  for (const [field, inField] of texts.entries()) {
    if (field === 0) continue;
    for (const term of inField.flatMap(({ terms }) => terms)) {
      if (!counts.has(term)) counts.set(term, [0, 0, 0]);
      counts.get(term)![field]!++;
    }
  }
  const [, keywords, body] = texts.map((inField) => inField.reduce((sum, { terms }) => sum + terms.length, 0));
  return { page, texts, counts, lengths: [texts[0]![0]?.terms.length ?? 0, keywords!, body!] };
}

function countsOf(page: ReadPage, { term, field }: PlannedTerm): Counts {
  const counts = page.counts.get(term) ?? none;
  return field === undefined
    ? counts
    : (counts.map((count, i) => (fields[i] === field ? count : 0)) as unknown as Counts);
}

function isIn([title, keywords, body]: Counts): boolean {
  return title + keywords + body > 0;
}

function holds({ texts, counts }: ReadPage, { terms, positions, field }: PlannedPhrase): boolean {
  if (!terms.every((term) => counts.has(term))) return false;
  if (terms.length === 1 && terms[0]!.startsWith('#')) return true;
  return texts.some((inField, i) => (field === undefined || fields[i] === field) && inField.some(inText));

  function inText(text: Text): boolean {
    return text.terms.some((term, begin) => {
      if (term !== terms[0]) return false;
      const first = text.positions[begin]! - positions[0]!;
      return terms.every((next, j) => text.at.has(`${next} ${first + positions[j]!}`));
    });
  }
}
