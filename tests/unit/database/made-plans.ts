import type { SourcePage } from '../../../search/source-page.ts';
import { analyse } from '../../../search/text/analysis.ts';
import { fields } from '../../../search/fields.ts';
import type { Field, QueryPlan, PlannedPhrase, PlannedTerm } from '../../../search/plan.ts';
import type { Random } from '../../../shared/time/random.ts';
import { categoryTerm, wholeName } from '../../../search/names.ts';
import { drawWord, words } from './made-pages.ts';

/** Queries of every kind, as the query generator would plan them. Most phrases come from a page, so they find one. */
export function madePlan(random: Random, pages: readonly SourcePage[]): QueryPlan {
  const chance = (share: number) => random.next() < share;
  const field = (): { field?: Field } => (chance(0.2) ? { field: fields[Math.floor(random.next() * 3)]! } : {});
  const terms: PlannedTerm[] = [];
  const count = chance(0.05) ? 60 : Math.floor(random.next() * 5);
  for (let i = 0; i < count; i++) {
    const word = chance(0.05) ? 'unheardof' : drawWord(random);
    for (const term of analyse(word).terms) terms.push({ term, weight: chance(0.2) ? 2 : 1, ...field() });
  }
  if (chance(0.05)) terms.push({ term: 'echo', weight: 1 });
  if (chance(0.3)) {
    const named = pages[Math.floor(random.next() * pages.length)]!;
    const whole = wholeName(analyse(named.names?.at(-1) ?? named.title).words);
    if (whole !== undefined) terms.push({ term: whole, weight: 1 });
  }
  const category = { terms: [categoryTerm(`kind.${words[Math.floor(random.next() * 7)]}`)], positions: [0] };
  const phrases = chance(0.25) ? [phrase()] : chance(0.1) ? [category] : [];
  for (const { terms: inPhrase } of phrases) for (const term of inPhrase) terms.push({ term, weight: 1 });
  const exclusions: PlannedPhrase[] = chance(0.2) ? [chance(0.5) ? phrase() : single(drawWord(random))] : [];
  // The generator never says the same term twice: it raises the weight.
  const unique = new Map(terms.map((term) => [`${term.term} ${term.field}`, term]));
  return { query: 'made', terms: [...unique.values()], phrases, exclusions };

  function single(word: string): PlannedPhrase {
    return { terms: analyse(word).terms.slice(0, 1), positions: [0], ...field() };
  }

  function phrase(): PlannedPhrase {
    if (chance(0.1)) return { terms: ['again', 'again', 'again'], positions: [0, 1, 2] };
    const page = pages[Math.floor(random.next() * pages.length)]!;
    const text = chance(0.8) ? page.body : page.title;
    const { terms: read, positions } = analyse(text);
    const begin = Math.floor(random.next() * read.length);
    const length = 2 + Math.floor(random.next() * 2);
    if (read.length < begin + length) return single(drawWord(random));
    // Now and then a gap, as a stop word leaves it.
    const keep = (_: unknown, i: number) => i !== 1 || length < 3 || !gap;
    const gap = chance(0.5);
    return {
      terms: read.slice(begin, begin + length).filter(keep),
      positions: positions
        .slice(begin, begin + length)
        .map((position) => position - positions[begin]!)
        .filter(keep),
      ...field(),
    };
  }
}
