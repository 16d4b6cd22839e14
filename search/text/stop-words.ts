/**
 * Words that say almost nothing about a page: articles, pronouns, auxiliary verbs, question words and common
 * prepositions. Particles (up, out, off, over ...) are not stop words, because they distinguish verbs. Stop words are
 * indexed like other words. services/query/parse.ts decides which stop words of a query are scored.
 */
const articles: ReadonlySet<string> = new Set(['a', 'an', 'the']);
const others: ReadonlySet<string> = new Set(
  [
    'and or but if no not as than so too such very some any each both also',
    'at by for from in into of on to with',
    'i me my we us our you your he him his she her hers it its they them their this that these those there then',
    'am is are was were be been being have has had having do does did doing will would can could shall should ' +
      'may might must',
    'who whom whose which what where when why how',
  ].flatMap((line) => line.split(' ')),
);

/** `word` must be normalised and not stemmed. */
export function isStopWord(word: string): boolean {
  return others.has(word) || articles.has(word);
}

export function isArticle(word: string): boolean {
  return articles.has(word);
}
