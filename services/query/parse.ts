import { categoryTerm, wholeName } from '../../search/names.ts';
import { analyse, visitTerms } from '../../search/text/analysis.ts';
import { items, type Item } from './syntax.ts';
import { maxPhrases, maxPhraseTerms, maxTerms } from '../../search/limits.ts';
import type { Field, QueryPlan, PlannedPhrase } from '../../search/plan.ts';
import { RpcError } from '../../shared/rpc/errors.ts';
import { isArticle, isStopWord } from '../../search/text/stop-words.ts';

/** A word that the user searches for. In the query it is `query.slice(start, end)`. */
export interface QueryWord {
  readonly term: string;
  /** Normalised, not stemmed. */
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

export interface Parsed {
  readonly plan: QueryPlan;
  readonly words: readonly QueryWord[];
}

interface Token extends QueryWord {
  readonly position: number;
}

interface Wanted extends QueryWord {
  readonly field: Field | undefined;
  /** True for a stop word in a phrase with other words: the page must hold it, but it is not scored. */
  readonly silent: boolean;
}

/**
 * Turns the user's text into a plan. Throws `too_costly` when the query holds too many phrases, or a phrase that is too
 * long. Words are combined by OR, because AND would lose most good pages for a long question. A word that is typed
 * twice has weight 2. A query that has only exclusions has no terms, so it finds nothing.
 */
export function parse(query: string): Parsed {
  const wanted: Wanted[] = [];
  const phrases = new Map<string, PlannedPhrase>();
  const exclusions = new Map<string, PlannedPhrase>();
  const categories: string[] = [];
  const named: string[] = [];
  for (const item of items(query)) {
    if (item.field === 'category') {
      const term = categoryTerm(item.text);
      const filter = item.excluded ? exclusions : phrases;
      filter.set(term, { terms: [term], positions: [0] });
      if (!item.excluded) categories.push(term);
      continue;
    }
    const { field } = item;
    const tokens = read(item);
    if (tokens.length === 0) continue;
    if (item.excluded) {
      addPhrase(exclusions, tokens, field);
      continue;
    }
    const isPhrase = item.kind === 'phrase';
    if (isPhrase) addPhrase(phrases, tokens, field);
    const mayBeName = field === undefined && item.text.length <= longestName;
    named.push(...(mayBeName ? analyse(item.text).words : [otherThanName]));
    const telling = isPhrase && tokens.some(({ word }) => !isStopWord(word));
    for (const token of tokens) wanted.push({ ...token, field, silent: telling && isStopWord(token.word) });
  }
  const { terms, partial } = weigh(scoredWords(wanted));
  const name = named.includes(otherThanName) ? undefined : wholeName(named);
  if (name !== undefined) terms.push({ term: name, weight: 1 });
  // A category without words finds its most popular pages.
  if (wanted.length === 0) for (const term of new Set(categories)) terms.push({ term, weight: 1 });
  const plan = {
    query,
    terms,
    phrases: within([...phrases.values()], 'phrases'),
    exclusions: within([...exclusions.values()], 'exclusions'),
    ...(partial === undefined ? {} : { partial }),
  };
  return { plan, words: wanted.map(({ term, word, start, end }) => ({ term, word, start, end })) };
}

/**
 * Leaves out stop words, because a page that shares only stop words with the query is no answer. A stop word stays when
 * it may matter: in a query without other words (`to be or not to be`), at the end (`vitamin a`, `log in`), or with a
 * field. It also stays beside a single other word (`in fact`), except an article at the start (`the cat`). README.md
 * has the measurement.
 */
function scoredWords(wanted: readonly Wanted[]): Wanted[] {
  const spoken = wanted.filter(({ silent }) => !silent);
  const others = new Set(spoken.filter(({ word }) => !isStopWord(word)).map(({ term }) => term));
  if (others.size === 0) return spoken;
  return spoken.filter(({ word, field }, i) => {
    if (!isStopWord(word) || field !== undefined || i === spoken.length - 1) return true;
    return others.size === 1 && !(i === 0 && isArticle(word));
  });
}

/** Marks a word with a field, or a very long item. A query with such an item is not a name. */
const otherThanName = '=';
/** Every name that has a term of its own is shorter, in characters. */
const longestName = 1_000;

/** Bounds the number of phrases, because each phrase needs one more pass through the postings of its words. */
function within(phrases: PlannedPhrase[], name: string): PlannedPhrase[] {
  if (phrases.length > maxPhrases) {
    throw new RpcError('too_costly', `a search may hold ${maxPhrases} ${name}; this one holds ${phrases.length}`);
  }
  return phrases;
}

/**
 * The terms to score with their weights. Each term costs time, so only the first `maxTerms` different words of a long
 * text count, and `partial` says so.
 */
function weigh(words: readonly Wanted[]): Pick<QueryPlan, 'terms' | 'partial'> {
  const terms = new Map<string, QueryPlan['terms'][number]>();
  let left = false;
  for (const { term, field } of words) {
    const key = `${field ?? ''}:${term}`;
    const known = terms.get(key);
    if (known !== undefined) known.weight++;
    else if (terms.size === maxTerms) left = true;
    else terms.set(key, { term, weight: 1, ...(field === undefined ? {} : { field }) });
  }
  return {
    terms: [...terms.values()],
    ...(left ? { partial: `The search used only the first ${maxTerms} different words.` } : {}),
  };
}

/**
 * The terms of an item. In scripts without spaces, a character that is part of a pair is left out, because it would
 * only add noise.
 */
function read(item: Item): Token[] {
  const tokens: Token[] = [];
  // A query has no blocks, so a line break in a phrase counts as a space.
  visitTerms(item.text.replaceAll(/[\n\t\u2028\u2029]/g, ' '), (term, position, start, end, word) => {
    tokens.push({ term, word, position, start: item.start + start, end: item.start + end });
  });
  const inside = (token: Token, other: Token | undefined) =>
    other !== undefined &&
    other.start <= token.start &&
    other.end >= token.end &&
    other.end - other.start > token.end - token.start;
  return tokens.filter((token, i) => !inside(token, tokens[i - 1]) && !inside(token, tokens[i + 1]));
}

function addPhrase(phrases: Map<string, PlannedPhrase>, tokens: readonly Token[], field: Field | undefined): void {
  if (tokens.length > maxPhraseTerms) {
    throw new RpcError('too_costly', `a phrase may hold ${maxPhraseTerms} words; this one holds ${tokens.length}`);
  }
  const first = tokens[0]!.position;
  const phrase: PlannedPhrase = {
    terms: tokens.map(({ term }) => term),
    positions: tokens.map(({ position }) => position - first),
    ...(field === undefined ? {} : { field }),
  };
  phrases.set(JSON.stringify(phrase), phrase);
}
